// SPDX-License-Identifier: Apache-2.0

/// The record that bytes belong to (FastCGI 1.0 §3.3), which come in pieces of any size.
struct RecordReader {
    /// A record of which the header was read.
    struct Header: Equatable {
        let version: UInt8
        let type: UInt8
        let identifier: UInt16
        let contentLength: Int
        let paddingLength: Int

        static let length = 8

        fileprivate init(_ bytes: UInt64) {
            version = UInt8(truncatingIfNeeded: bytes >> 56)
            type = UInt8(truncatingIfNeeded: bytes >> 48)
            identifier = UInt16(truncatingIfNeeded: bytes >> 32)
            contentLength = Int(bytes >> 16 & 0xFFFF)
            paddingLength = Int(bytes >> 8 & 0xFF)
        }
    }

    /// What the next bytes are.
    enum Piece: Equatable {
        case header(Header)
        /// Where there is some of a record's content.
        case content(Range<Int>)
        /// The content has come to its end, after as many pieces as it took.
        case end
    }

    /// The bytes of a header so far.
    private var header: UInt64 = 0
    private var headerCount = 0

    /// What is missing of the record whose header was read.
    private var contentLeft = 0
    private var paddingLeft = 0
    private var isInRecord = false

    /// The next piece of `bytes` from `offset` on, which then is behind it; nil when that needs more of them.
    mutating func next(_ bytes: Span<UInt8>, at offset: inout Int) -> Piece? {
        if isInRecord {
            if contentLeft > 0 {
                guard offset < bytes.count else { return nil }
                let content = offset..<min(offset + contentLeft, bytes.count)
                contentLeft -= content.count
                offset = content.upperBound
                return .content(content)
            }
            let padding = min(paddingLeft, bytes.count - offset)
            paddingLeft -= padding
            offset += padding
            guard paddingLeft == 0 else { return nil }
            isInRecord = false
            return .end
        }
        while headerCount < Header.length {
            guard offset < bytes.count else { return nil }
            header = header << 8 | UInt64(bytes[offset])
            headerCount += 1
            offset += 1
        }
        let complete = Header(header)
        (header, headerCount) = (0, 0)
        (contentLeft, paddingLeft, isInRecord) = (complete.contentLength, complete.paddingLength, true)
        return .header(complete)
    }
}

extension [UInt8] {
    /// Adds the bytes of `span` that are in `range`.
    mutating func append(_ span: Span<UInt8>, _ range: Range<Int>) {
        unsafe span.extracting(range).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
