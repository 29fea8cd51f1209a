// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FastCGI

@Suite struct RequestHeadTests {
    private static let beginning = record(1, [0, 1, 0, 0, 0, 0, 0, 0])
    private static let end = record(4, [])

    private static func record(
        _ type: UInt8,
        _ content: [UInt8],
        identifier: UInt8 = 1,
        padding: Int? = nil
    ) -> [UInt8] {
        let padding = padding ?? content.count % 8
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
        for whole in [head[...], (head + Self.record(5, [1, 2, 3]))[...], ([7, 7] + head)[2...]] {
            #expect(RequestHead(whole).contents?.length == head.count)
        }
        #expect(RequestHead((Self.beginning + Self.end)[...]).contents?.length == 24)
    }

    /// libfcgi reads the padding of the first and of the last record as records.
    @Test func `libfcgi is told the same without padding, and nothing else`() throws {
        let question = Self.record(9, [14, 0] + Array("FCGI_MAX_CONNS".utf8), identifier: 0)
        var padded =
            Self.record(1, [0, 1, 1, 0, 0, 0, 0, 0], identifier: 7, padding: 24)
            + Self.record(4, Self.pair(1, 2, "abc"), identifier: 7, padding: 255)
            + Self.record(4, [], identifier: 7, padding: 24)
        padded.replaceSubrange(16..<40, with: question)
        padded.replaceSubrange((padded.count - 24)..., with: question)
        let contents = try #require(RequestHead(padded[...]).contents)
        #expect(contents.length == padded.count)
        #expect(contents.identifier == 7)
        #expect(
            contents.records == Self.record(1, [0, 1, 1, 0, 0, 0, 0, 0], identifier: 7)
                + Self.record(4, Self.pair(1, 2, "abc"), identifier: 7, padding: 0)
                + Self.record(4, [], identifier: 7)
        )
    }

    @Test func `libfcgi is told of a head without parameters that it has none`() throws {
        let contents = try #require(RequestHead((Self.beginning + Self.end)[...]).contents)
        #expect(contents.records == Self.beginning + Self.end)
    }

    @Test func `A name may be in one record and its value in the next`() {
        let split = Self.record(4, Array(Self.pair(1, 2, "ab").dropLast(3))) + Self.record(4, [0, 2, 65])
        #expect(RequestHead((Self.beginning + split + Self.end)[...]) == .unacceptable)
        let pair = Self.pair(1, 2, "abc")
        let whole = Self.record(4, Array(pair[..<6])) + Self.record(4, Array(pair[6...]))
        let contents = RequestHead((Self.beginning + whole + Self.end)[...]).contents
        #expect(contents?.records == Self.beginning + Self.record(4, pair, padding: 0) + Self.end)
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
            Self.beginning + Self.record(4, [], identifier: 2), [2] + head.dropFirst(),
            [0] + head.dropFirst(),
            Self.beginning + [0] + Self.end.dropFirst(),
            Self.record(1, [0, 1, 0, 0, 0, 0, 0, 0], identifier: 0) + Self.record(4, [], identifier: 0),
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

extension RequestHead {
    fileprivate var contents: Contents? {
        guard case .whole(let contents) = self else { return nil }
        return contents
    }
}
