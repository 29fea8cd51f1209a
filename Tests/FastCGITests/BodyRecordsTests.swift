// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FastCGI

@Suite struct BodyRecordsTests {
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

    private static let body =
        record(5, Array(1...9), padding: 7) + record(5, [10]) + record(5, [11, 12], padding: 255)
        + record(5, padding: 3)

    /// The content of `bytes`, which are taken in pieces of `size`, and what was not taken.
    private func read(
        _ bytes: [UInt8],
        inPiecesOf size: Int = .max
    ) -> (content: [UInt8], rest: Int, records: BodyRecords) {
        var records = BodyRecords(identifier: 0x0201)
        var content: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let taken = records.take(rest.prefix(size)) { content += $0 }
            rest = rest.dropFirst(taken)
            if taken < size { break }
        }
        return (content, rest.count, records)
    }

    @Test(arguments: [1, 2, 3, 7, 8, 9, 300]) func `A body is the same in pieces of any size`(_ size: Int) {
        let (content, rest, records) = read(Self.body + [1, 5, 2, 1], inPiecesOf: size)
        #expect(content == Array(1...12))
        #expect(rest == 4)
        #expect(records.isComplete)
        #expect(records.missing == 0)
    }

    @Test func `Before its end it is never complete, and asks for no more than there is`() {
        for count in Self.body.indices {
            let records = read(Array(Self.body[..<count])).records
            #expect(!records.isComplete, "\(count) bytes")
            #expect((1...Self.body.count - count).contains(records.missing), "\(count) bytes")
        }
    }

    @Test(
        arguments: [
            record(9, Array("..FCGI_MAX_CONNS".utf8), identifier: 0), record(11, identifier: 0),
            record(5, identifier: 0), record(1, [0, 1, 0, 0, 0, 0, 0, 0]), record(2), record(4), record(8),
            record(99), record(5, identifier: 0x0202), record(5, version: 0), record(5, version: 2),
            record(5, [1], identifier: 0x0102), record(1, [0, 1, 0, 0, 0, 0, 0, 0], identifier: 2),
        ]
    ) func `Any other record is the end of it`(_ record: [UInt8]) {
        let (content, rest, records) = read(Self.record(5, [1, 2]) + record + Self.body)
        #expect(content == [1, 2])
        #expect(rest == record.count - 8 + Self.body.count)
        #expect(!records.isComplete)
        #expect(records.missing == 0)
    }
}
