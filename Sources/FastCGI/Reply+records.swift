// SPDX-License-Identifier: Apache-2.0

extension Reply {
    /// The records that answer the request with this identifier and end it (FastCGI 1.0 §5.3, §5.5).
    func records(identifier: UInt16) -> [UInt8] {
        let response = encoded
        let line = Array((errorLogLine ?? "").utf8)
        var records = Records(identifier: identifier, capacity: response.count + line.count + 64)
        if !line.isEmpty { records.append(stream: RecordType.standardError, line) }
        records.append(stream: RecordType.standardOutput, response)
        // Application status 0, FCGI_REQUEST_COMPLETE.
        records.append(RecordType.endRequest, [0, 0, 0, 0, 0, 0, 0, 0])
        return records.bytes
    }
}

/// Records in the making.
private struct Records {
    private let identifier: UInt16
    private(set) var bytes: [UInt8] = []

    /// Of one record's content: a multiple of 8, as the standard recommends.
    private static let longestContent = 65_528

    init(identifier: UInt16, capacity: Int) {
        self.identifier = identifier
        bytes.reserveCapacity(capacity)
    }

    /// Adds all of a stream: a record without content is its end.
    mutating func append(stream type: UInt8, _ content: [UInt8]) {
        for start in stride(from: 0, to: content.count, by: Self.longestContent) {
            append(type, content[start...].prefix(Self.longestContent))
        }
        append(type, [])
    }

    mutating func append(_ type: UInt8, _ content: ArraySlice<UInt8>) {
        let (identifier, length) = (identifier, content.count)
        for byte in [1, type, UInt8(identifier >> 8), UInt8(identifier & 0xFF)] { bytes.append(byte) }
        for byte in [UInt8(length >> 8), UInt8(length & 0xFF), 0, 0] { bytes.append(byte) }
        bytes += content
    }
}
