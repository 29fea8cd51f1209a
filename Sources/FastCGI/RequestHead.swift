// SPDX-License-Identifier: Apache-2.0

/// What has come of a request's beginning and parameters, judged before libfcgi reads it.
///
/// libfcgi would block until the rest is there, take on any role, and abort the process for a parameter that
/// claims to be two gigabytes long. A web server sends nothing of that.
enum RequestHead: Equatable {
    /// All of it is there; the body may still be on its way.
    case whole
    case partial
    case unacceptable

    /// The most bytes it may have, many times what web servers take of header fields.
    static let limit = 65_536

    /// Expects FCGI_BEGIN_REQUEST of a responder, then FCGI_PARAMS to their end (FastCGI 1.0 §5.1, §5.2).
    init(_ bytes: ArraySlice<UInt8>) {
        self = bytes.count < Self.limit ? .partial : .unacceptable
        var rest = bytes
        guard let beginning = Record(&rest) else { return }
        var isAcceptable =
            beginning.type == 1 && beginning.content.count == 8 && beginning.content.starts(with: [0, 1])
        var parameters: [UInt8] = []
        parameters.reserveCapacity(bytes.count)
        while isAcceptable, let record = Record(&rest) {
            isAcceptable = record.type == 4 && record.identifier == beginning.identifier
            parameters += record.content
            if isAcceptable, record.content.isEmpty {
                self = arePairs(parameters) ? .whole : .unacceptable
                return
            }
        }
        if !isAcceptable { self = .unacceptable }
    }

    /// A record (FastCGI 1.0 §3.3).
    private struct Record {
        let type: UInt8
        let identifier: UInt16
        let content: ArraySlice<UInt8>

        /// Takes one from the front of `bytes`, nil where it is not whole.
        init?(_ bytes: inout ArraySlice<UInt8>) {
            guard bytes.count >= 8 else { return nil }
            let start = bytes.startIndex
            let end = start + 8 + (Int(bytes[start + 4]) << 8 | Int(bytes[start + 5]))
            let next = end + Int(bytes[start + 6])
            guard next <= bytes.endIndex else { return nil }
            type = bytes[start + 1]
            identifier = UInt16(bytes[start + 2]) << 8 | UInt16(bytes[start + 3])
            content = bytes[start + 8..<end]
            bytes = bytes[next...]
        }
    }
}

/// Whether `bytes` are names and values to the last byte, each as long as it says (FastCGI 1.0 §3.4).
private func arePairs(_ bytes: [UInt8]) -> Bool {
    var offset = 0
    while offset < bytes.count {
        guard let name = length(in: bytes, at: &offset), let value = length(in: bytes, at: &offset) else {
            return false
        }
        offset += name + value
    }
    return offset == bytes.count
}

/// A length of one byte or of four, and past it.
private func length(in bytes: [UInt8], at offset: inout Int) -> Int? {
    guard offset < bytes.count else { return nil }
    let isShort = bytes[offset] < 0x80
    let end = offset + (isShort ? 1 : 4)
    guard end <= bytes.count else { return nil }
    defer { offset = end }
    return bytes[offset..<end].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
}
