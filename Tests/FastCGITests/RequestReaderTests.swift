// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FastCGI

@Suite struct RequestReaderTests {
    private static func record(
        _ type: UInt8,
        _ content: [UInt8] = [],
        version: UInt8 = 1,
        identifier: UInt16 = 0x0201,
        padding: Int = 0
    ) -> [UInt8] {
        [
            version, type, UInt8(identifier >> 8), UInt8(identifier & 0xFF), UInt8(content.count >> 8),
            UInt8(content.count & 0xFF), UInt8(padding), 0,
        ]
            + content + [UInt8](repeating: 0xFF, count: padding)
    }

    /// A name and a value with lengths of four bytes, right or wrong ones.
    private static func pair(_ name: UInt32, _ value: UInt32, _ text: String = "") -> [UInt8] {
        [name, value].flatMap { length in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: (length | 0x8000_0000) >> $0) }
        } + Array(text.utf8)
    }

    private static let beginning = record(1, [0, 1, 1, 0, 0, 0, 0, 0])
    private static let head =
        beginning + record(4, pair(1, 2, "abc"), padding: 5) + record(4, [1, 0, 65, 0, 0] + pair(2, 0, "de"))
        + record(4, padding: 24)
    private static let body =
        record(5, Array(1...9), padding: 7) + record(5, [10]) + record(5, [11, 12], padding: 255)
        + record(5, padding: 3)

    /// What has become of `bytes`, which come in pieces of `size`, and how many of them were not taken.
    private func read(
        _ bytes: [UInt8],
        inPiecesOf size: Int = .max,
        bodyLimit: Int = 100
    ) -> (progress: RequestReader.Progress, rest: Int, reader: RequestReader) {
        var reader = RequestReader()
        var progress = RequestReader.Progress.incomplete(.head)
        var start = 0
        while start < bytes.count {
            let piece = Array(bytes[start...].prefix(size))
            var offset = 0
            progress = reader.take(piece.span, from: &offset, bodyLimit: bodyLimit)
            start += offset
            guard case .incomplete = progress else { break }
            if offset < piece.count { Issue.record("\(offset) of \(piece.count) bytes were taken") }
        }
        return (progress, bytes.count - start, reader)
    }

    @Test(arguments: [1, 2, 3, 7, 8, 9, 300, .max])
    func `A request is the same in pieces of any size, and nothing after it is taken`(_ size: Int) throws {
        let (progress, rest, _) = read(Self.head + Self.body + Self.head, inPiecesOf: size)
        let incoming = try #require(progress.incoming)
        #expect(incoming.identifier == 0x0201)
        #expect(incoming.keepsConnection)
        #expect(incoming.request.body == .complete(Array(1...12)))
        #expect(incoming.request.parameters["a"] == "bc")
        #expect(incoming.request.parameters["A"] == "")
        #expect(incoming.request.parameters[""] == "")
        #expect(incoming.request.parameters["de"] == "")
        #expect(rest == Self.head.count)
    }

    @Test func `Before its end it is never a request, and says what is missing`() throws {
        let whole = Self.head + Self.body
        for count in 0..<whole.count {
            let (progress, rest, reader) = read(Array(whole[..<count]))
            let part = RequestReader.Part?.some(count < Self.head.count ? .head : .body)
            #expect(progress.part == part, "\(count) bytes")
            #expect(rest == 0)
            #expect((reader.cut() == nil) == (part == .head))
        }
    }

    @Test func `A request without parameters, without a body, and not to be kept`() throws {
        let beginning = Self.record(1, [0, 1, 0, 0, 0, 0, 0, 0])
        let incoming = try #require(
            read(beginning + Self.record(4) + Self.record(5)).progress.incoming
        )
        #expect(incoming.request.body == .complete([]))
        #expect(!incoming.keepsConnection)
    }

    @Test func `A name may be in one record and its value in the next`() throws {
        let pair = Self.pair(1, 2, "abc")
        let parameters = Self.record(4, Array(pair[..<6])) + Self.record(4, Array(pair[6...]))
        let request = Self.beginning + parameters + Self.record(4) + Self.record(5)
        #expect(read(request).progress.incoming?.request.parameters["a"] == "bc")
    }

    @Test(
        arguments: [
            (0x7FFF_FFFF, 0x7FFF_FFFF), (0x4000_0000, 0x3FFF_FFFF), (0x3FFF_FFFF, 0x3FFF_FFFF),
            (0x7FFF_FFFE, 0), (0, 0x7FFF_FFFE), (2, 0), (0, 2),
        ] as [(UInt32, UInt32)]
    )
    func `A length that is not there is unacceptable`(_ name: UInt32, _ value: UInt32) {
        let parameters = Self.record(4, Self.pair(name, value, "a"))
        #expect(read(Self.beginning + parameters + Self.record(4)).progress.isUnacceptable)
    }

    @Test(arguments: [[1], [0x80], [0x80, 0, 0], [1, 0x80, 0, 0], [1, 1, 65]] as [[UInt8]])
    func `A pair that is cut is unacceptable`(_ parameters: [UInt8]) {
        #expect(read(Self.beginning + Self.record(4, parameters) + Self.record(4)).progress.isUnacceptable)
    }

    @Test func `What is no responder's request is unacceptable`() {
        for wrong in [
            Self.record(1, [0, 2, 0, 0, 0, 0, 0, 0]), Self.record(1, [0, 3, 0, 0, 0, 0, 0, 0]),
            Self.record(1, [1, 1, 0, 0, 0, 0, 0, 0]), Self.record(1, [0, 1]), Self.record(4),
            Self.record(9, [1, 0, 65], identifier: 0), Self.beginning + Self.beginning,
            Self.beginning + Self.record(9, identifier: 0), Self.beginning + Self.record(5),
            Self.beginning + Self.record(4, identifier: 2), [2] + Self.head.dropFirst(),
            [0] + Self.head.dropFirst(), Self.beginning + [0] + Self.record(4).dropFirst(),
            Self.record(1, [0, 1, 0, 0, 0, 0, 0, 0], identifier: 0) + Self.record(4, identifier: 0),
        ] {
            #expect(read(wrong).progress.isUnacceptable)
        }
    }

    @Test(arguments: [1, 1000, .max]) func `A head without end is unacceptable at last`(_ size: Int) {
        let parameters = Self.record(4, Self.pair(0, 65_000, String(repeating: "x", count: 65_000)))
        let endless = Array((Self.beginning + parameters + parameters).prefix(RequestReader.headLimit))
        #expect(read(endless.dropLast(), inPiecesOf: size).progress.part == .head)
        #expect(read(endless, inPiecesOf: size).progress.isUnacceptable)
    }

    @Test(
        arguments: [
            record(9, Array("..FCGI_MAX_CONNS".utf8), identifier: 0), record(11, identifier: 0),
            record(5, identifier: 0), record(1, [0, 1, 0, 0, 0, 0, 0, 0]), record(2), record(4), record(8),
            record(99), record(5, identifier: 0x0202), record(5, version: 0), record(5, version: 2),
            record(5, [1], identifier: 0x0102), record(1, [0, 1, 0, 0, 0, 0, 0, 0], identifier: 2),
        ]
    ) func `Any other record is the end of a body, and of the connection after its reply`(
        _ record: [UInt8]
    )
        throws
    {
        let (progress, rest, _) = read(Self.head + Self.record(5, [1, 2]) + record + Self.body)
        let incoming = try #require(progress.incoming)
        #expect(incoming.request.body == .mismatched(announced: "nothing", received: 2))
        #expect(!incoming.keepsConnection)
        #expect(rest == record.count - 8 + Self.body.count)
    }

    @Test(arguments: [(9, 12), (11, 12), (12, 12), (13, 12), (13, 12 as Int?), (13, 14), (13, nil)])
    func `A body is as long as announced, and not longer than the limit`(
        _ limit: Int,
        _ announced: Int?
    ) throws {
        let length = announced.map(String.init)
        let parameters = length.map { Self.pair(14, UInt32($0.utf8.count), "CONTENT_LENGTH" + $0) } ?? []
        let head = Self.beginning + (parameters.isEmpty ? [] : Self.record(4, parameters)) + Self.record(4)
        let body = try #require(read(head + Self.body, bodyLimit: limit).progress.incoming).request.body
        if limit < 12 || announced ?? 0 > limit {
            #expect(body == .tooLarge)
        } else if let length, announced != 12 {
            #expect(body == .mismatched(announced: length, received: 12))
        } else {
            #expect(body == .complete(Array(1...12)))
        }
    }

    @Test func `A body that is cut is one only where its length says that all of it came`() throws {
        func cut(announced: String?) throws -> Request.Body {
            let parameters = announced.map { Self.pair(14, UInt32($0.utf8.count), "CONTENT_LENGTH" + $0) }
            let head = Self.beginning + (parameters.map { Self.record(4, $0) } ?? []) + Self.record(4)
            let (_, _, reader) = read(head + Self.body.dropLast())
            let incoming = try #require(reader.cut())
            #expect(!incoming.keepsConnection)
            return incoming.request.body
        }
        #expect(try cut(announced: "12") == .complete(Array(1...12)))
        #expect(try cut(announced: "13") == .mismatched(announced: "13", received: 12))
        #expect(try cut(announced: nil) == .mismatched(announced: "nothing", received: 12))
        #expect(try cut(announced: "") == .mismatched(announced: "nothing", received: 12))
    }

    @Test func `Whoever does not stop sending gets a reply before the end`() throws {
        let megabyte = Array(
            repeating: Self.record(5, [UInt8](repeating: 0, count: 32_768)),
            count: 32
        ).joined()
        var reader = RequestReader()
        var offset = 0
        _ = reader.take(Self.head.span, from: &offset, bodyLimit: 100)
        let piece = Array(megabyte)
        for count in 1...65 {
            var offset = 0
            let progress = reader.take(piece.span, from: &offset, bodyLimit: 100)
            guard let incoming = progress.incoming else { continue }
            #expect(count == 65)
            #expect(incoming.request.body == .tooLarge)
            #expect(!incoming.keepsConnection)
            return
        }
        Issue.record("it reads for ever")
    }
}

extension RequestReader.Progress {
    fileprivate var incoming: RequestReader.Incoming? {
        guard case .whole(let incoming) = self else { return nil }
        return incoming
    }

    fileprivate var part: RequestReader.Part? {
        guard case .incomplete(let part) = self else { return nil }
        return part
    }

    fileprivate var isUnacceptable: Bool {
        guard case .unacceptable = self else { return false }
        return true
    }
}
