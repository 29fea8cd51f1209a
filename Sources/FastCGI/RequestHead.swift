// SPDX-License-Identifier: Apache-2.0

/// What has come of a request's beginning and parameters, judged before libfcgi reads it.
///
/// libfcgi would take on any role, abort the process for a parameter that claims to be two gigabytes long, take
/// the padding of some records for records, and answer questions about itself from a buffer that is too small. A
/// web server sends nothing of that.
enum RequestHead: Equatable {
    /// All of it is there; the body may still be on its way.
    case whole(Contents)
    case partial
    case unacceptable

    struct Contents: Equatable {
        /// The bytes it has; the body's come next.
        let length: Int
        let identifier: UInt16

        /// The same in records that leave nothing to interpretation, for libfcgi.
        let records: [UInt8]
    }

    /// The most bytes it may have, many times what web servers take of header fields.
    static let limit = 65_536

    /// Expects FCGI_BEGIN_REQUEST of a responder, then FCGI_PARAMS to their end (FastCGI 1.0 §5.1, §5.2).
    init(_ bytes: ArraySlice<UInt8>) {
        self = bytes.count < Self.limit ? .partial : .unacceptable
        var rest = bytes
        guard let beginning = Record(&rest) else { return }
        var isAcceptable =
            beginning.isKnown(as: 1) && beginning.identifier != 0 && beginning.content.count == 8
            && beginning.content.starts(with: [0, 1])
        var records = OwnRecords(beginning, capacity: bytes.count)
        while isAcceptable, let record = Record(&rest) {
            isAcceptable = record.isKnown(as: 4) && record.identifier == beginning.identifier
            records.append(record.content)
            if isAcceptable, record.content.isEmpty {
                self = .unacceptable
                if arePairs(records.parameters) {
                    self = .whole(
                        Contents(
                            length: bytes.count - rest.count,
                            identifier: beginning.identifier,
                            records: records.ended()
                        )
                    )
                }
                return
            }
        }
        if !isAcceptable { self = .unacceptable }
    }

    /// A record (FastCGI 1.0 §3.3).
    fileprivate struct Record {
        private let version: UInt8
        private let type: UInt8
        let identifier: UInt16
        let content: ArraySlice<UInt8>

        /// Takes one from the front of `bytes`, nil where it is not whole.
        init?(_ bytes: inout ArraySlice<UInt8>) {
            guard bytes.count >= 8 else { return nil }
            let start = bytes.startIndex
            let end = start + 8 + (Int(bytes[start + 4]) << 8 | Int(bytes[start + 5]))
            let next = end + Int(bytes[start + 6])
            guard next <= bytes.endIndex else { return nil }
            version = bytes[start]
            type = bytes[start + 1]
            identifier = UInt16(bytes[start + 2]) << 8 | UInt16(bytes[start + 3])
            content = bytes[start + 8..<end]
            bytes = bytes[next...]
        }

        func isKnown(as type: UInt8) -> Bool { version == 1 && self.type == type }
    }
}

/// A head put together anew, without padding; what is less than ``RequestHead/limit`` fits one record of parameters.
private struct OwnRecords {
    private let identifier: UInt16
    private var bytes: [UInt8] = []

    /// Of the beginning, and then of its content and the header of the parameters.
    private static let (headerLength, parametersStart) = (8, 24)

    init(_ beginning: RequestHead.Record, capacity: Int) {
        identifier = beginning.identifier
        bytes.reserveCapacity(capacity + Self.headerLength)
        appendHeader(type: 1, length: 8)
        bytes += beginning.content
        appendHeader(type: 4, length: 0)
    }

    mutating func append(_ parameters: ArraySlice<UInt8>) { bytes += parameters }

    var parameters: ArraySlice<UInt8> { bytes[Self.parametersStart...] }

    /// All of them, with the end of the parameters; without any, their record is that already.
    consuming func ended() -> [UInt8] {
        let length = parameters.count
        guard length > 0 else { return bytes }
        bytes[Self.parametersStart - 4] = UInt8(length >> 8)
        bytes[Self.parametersStart - 3] = UInt8(length & 0xFF)
        appendHeader(type: 4, length: 0)
        return bytes
    }

    /// FastCGI 1.0 §3.3.
    private mutating func appendHeader(type: UInt8, length: UInt8) {
        bytes += [1, type, UInt8(identifier >> 8), UInt8(identifier & 0xFF), 0, length, 0, 0]
    }
}

/// Whether `bytes` are names and values to the last byte, each as long as it says (FastCGI 1.0 §3.4).
private func arePairs(_ bytes: ArraySlice<UInt8>) -> Bool {
    var offset = bytes.startIndex
    while offset < bytes.endIndex {
        guard let name = length(in: bytes, at: &offset), let value = length(in: bytes, at: &offset) else {
            return false
        }
        offset += name + value
    }
    return offset == bytes.endIndex
}

/// A length of one byte or of four, and past it.
private func length(in bytes: ArraySlice<UInt8>, at offset: inout Int) -> Int? {
    guard offset < bytes.endIndex else { return nil }
    let isShort = bytes[offset] < 0x80
    let end = offset + (isShort ? 1 : 4)
    guard end <= bytes.endIndex else { return nil }
    defer { offset = end }
    return bytes[offset..<end].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
}
