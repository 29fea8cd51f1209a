// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FastCGI

@Suite struct RequestHeadTests {
    private static let beginning = record(1, [0, 1, 0, 0, 0, 0, 0, 0])
    private static let end = record(4, [])

    private static func record(_ type: UInt8, _ content: [UInt8], identifier: UInt8 = 1) -> [UInt8] {
        let padding = content.count % 8
        return [
            1, type, 0, identifier, UInt8(content.count >> 8), UInt8(content.count & 0xFF), UInt8(padding), 0,
        ]
            + content + [UInt8](repeating: 0, count: padding)
    }

    /// A name and a value with lengths of four bytes, right or wrong ones.
    private static func pair(_ name: UInt32, _ value: UInt32, _ text: String = "") -> [UInt8] {
        [name, value].flatMap { length in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: (length | 0x8000_0000) >> $0) }
        } + Array(text.utf8)
    }

    private let head =
        beginning + record(4, pair(1, 2, "abc")) + record(4, [1, 0, 65, 0, 0] + pair(2, 0, "de")) + end

    @Test func `A head is partial until all of it is there, whatever follows`() {
        for count in head.indices { #expect(RequestHead(head[..<count]) == .partial, "\(count) bytes") }
        #expect(RequestHead(head[...]) == .whole)
        #expect(RequestHead((head + Self.record(5, [1, 2, 3]))[...]) == .whole)
        #expect(RequestHead(([7, 7] + head)[2...]) == .whole)
        #expect(RequestHead((Self.beginning + Self.end)[...]) == .whole)
    }

    @Test func `A name may be in one record and its value in the next`() {
        let split = Self.record(4, Array(Self.pair(1, 2, "ab").dropLast(3))) + Self.record(4, [0, 2, 65])
        #expect(RequestHead((Self.beginning + split + Self.end)[...]) == .unacceptable)
        let pair = Self.pair(1, 2, "abc")
        let whole = Self.record(4, Array(pair[..<6])) + Self.record(4, Array(pair[6...]))
        #expect(RequestHead((Self.beginning + whole + Self.end)[...]) == .whole)
    }

    @Test(
        arguments: [
            (0x7FFF_FFFF, 0x7FFF_FFFF), (0x4000_0000, 0x3FFF_FFFF), (0x3FFF_FFFF, 0x3FFF_FFFF),
            (0x7FFF_FFFE, 0),
            (0, 0x7FFF_FFFE), (2, 0), (0, 2),
        ] as [(UInt32, UInt32)]
    )
    func `A length that is not there is unacceptable`(_ name: UInt32, _ value: UInt32) {
        let parameters = Self.record(4, Self.pair(name, value, "a"))
        #expect(RequestHead((Self.beginning + parameters + Self.end)[...]) == .unacceptable)
    }

    @Test(arguments: [[1], [0x80], [0x80, 0, 0], [1, 0x80, 0, 0], [1, 1, 65]] as [[UInt8]])
    func `A pair that is cut is unacceptable`(_ parameters: [UInt8]) {
        #expect(RequestHead((Self.beginning + Self.record(4, parameters) + Self.end)[...]) == .unacceptable)
    }

    @Test func `What is no responder's request is unacceptable`() {
        for wrong in [
            Self.record(1, [0, 2, 0, 0, 0, 0, 0, 0]), Self.record(1, [0, 3, 0, 0, 0, 0, 0, 0]),
            Self.record(1, [1, 1, 0, 0, 0, 0, 0, 0]), Self.record(1, [0, 1]), Self.record(4, []),
            Self.record(9, [1, 0, 65], identifier: 0), Self.beginning + Self.beginning,
            Self.beginning + Self.record(9, [], identifier: 0), Self.beginning + Self.record(5, []),
            Self.beginning + Self.record(4, [], identifier: 2),
        ] {
            #expect(RequestHead((wrong)[...]) == .unacceptable)
        }
    }

    @Test func `A head without end is unacceptable at last`() {
        let parameters = Self.record(4, Self.pair(0, 65_000, String(repeating: "x", count: 65_000)))
        let endless = Array((Self.beginning + parameters + parameters).prefix(RequestHead.limit))
        #expect(RequestHead(endless.dropLast()) == .partial)
        #expect(RequestHead(endless[...]) == .unacceptable)
    }
}
