// SPDX-License-Identifier: Apache-2.0

/// One entry after the other, each with its length before it, little endian.
extension LogEntry {
    /// Adds the entry to `bytes`.
    func write(to bytes: inout [UInt8]) {
        bytes.append(text: id)
        bytes.append(integer: received)
        bytes.append(text: project)
        bytes.append(text: receiver)
        bytes.append(text: provider)
        bytes.append(optional: event) { $0.append(text: $1) }
        bytes.append(integer: status)
        bytes.append(text: decision)
        bytes.append(text: targets)
        bytes.append(optional: repetitionKey) { $0.append(counted: $1) }
        bytes.append(integer: duration)
        bytes.append(text: headers)
        bytes.append(optional: redeliveryOf) { $0.append(text: $1) }
        bytes.append(integer: bodySize)
        bytes.append(counted: body)
    }

    /// Reads what ``write(to:)`` has written; nil for anything else.
    init?(_ bytes: ArraySlice<UInt8>) {
        var bytes = bytes
        guard let id = bytes.text(), let received = bytes.integer(), let project = bytes.text(),
            let receiver = bytes.text(), let provider = bytes.text(),
            let event = bytes.optional({ $0.text() }), let status = bytes.integer(),
            let decision = bytes.text(), let targets = bytes.text(),
            let repetitionKey = bytes.optional({ $0.counted() }), let duration = bytes.integer(),
            let headers = bytes.text(), let redeliveryOf = bytes.optional({ $0.text() }),
            let bodySize = bytes.integer(), let body = bytes.counted(), bytes.isEmpty
        else { return nil }
        self.init(
            id: id,
            received: received,
            project: project,
            receiver: receiver,
            provider: provider,
            event: event,
            status: status,
            decision: decision,
            targets: targets,
            repetitionKey: repetitionKey.map(Array.init),
            duration: duration,
            headers: headers,
            redeliveryOf: redeliveryOf,
            bodySize: bodySize,
            body: Array(body)
        )
    }
}

extension [UInt8] {
    fileprivate mutating func append(integer: Int64) {
        unsafe Swift.withUnsafeBytes(of: integer.littleEndian) { unsafe append(contentsOf: $0) }
    }

    fileprivate mutating func append(text: String) {
        var text = text
        text.withUTF8 { bytes in
            append(integer: Int64(bytes.count))
            unsafe append(contentsOf: bytes)
        }
    }

    fileprivate mutating func append(counted bytes: [UInt8]) {
        append(integer: Int64(bytes.count))
        append(contentsOf: bytes)
    }

    fileprivate mutating func append<Value>(optional value: Value?, _ append: (inout Self, Value) -> Void) {
        self.append(value == nil ? 0 : 1)
        if let value { append(&self, value) }
    }
}

extension ArraySlice<UInt8> {
    fileprivate mutating func integer() -> Int64? {
        guard count >= 8 else { return nil }
        let value = prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        removeFirst(8)
        return Int64(bitPattern: value)
    }

    fileprivate mutating func counted() -> Self? {
        guard let size = integer(), size >= 0, size <= count else { return nil }
        defer { removeFirst(Int(size)) }
        return prefix(Int(size))
    }

    fileprivate mutating func text() -> String? { counted().map { String(decoding: $0, as: UTF8.self) } }

    /// Nil for what cannot be read.
    fileprivate mutating func optional<Value>(_ read: (inout Self) -> Value?) -> Value?? {
        switch popFirst() {
        case 0: .some(nil)
        case 1: read(&self).map(Optional.some)
        default: nil
        }
    }
}
