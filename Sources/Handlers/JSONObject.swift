// SPDX-License-Identifier: Apache-2.0

private import CSimdJSON

/// An object in a JSON body, of which a handler reads the few members that it needs; what else is in it does
/// not matter.
///
/// Where a member is not what is asked for, the body is not this provider's. A member that is `null` is taken for
/// absent.
struct JSONObject {
    /// Keeps the memory that `value` is in.
    private let document: Document
    private let value: csimdjson_value

    /// Reads a whole body, which must be one object in UTF-8 (RFC 8259 §8.1).
    init(_ body: [UInt8]) throws(Rejection) {
        guard let document = Document(body) else { throw .invalidBody() }
        try self.init(document, document.root)
    }

    private init(_ document: Document, _ value: csimdjson_value) throws(Rejection) {
        guard document.kind(of: value) == csimdjson_object else { throw .invalidBody() }
        (self.document, self.value) = (document, value)
    }

    /// Whether there is a member `key`, which may be `null`.
    func contains(_ key: StaticString) -> Bool { member(key) != nil }

    func string(_ key: StaticString) throws(Rejection) -> String {
        guard let string = try stringIfPresent(key) else { throw .invalidBody() }
        return string
    }

    func stringIfPresent(_ key: StaticString) throws(Rejection) -> String? {
        guard let member = try member(key, csimdjson_text) else { return nil }
        return document.string(member)
    }

    func object(_ key: StaticString) throws(Rejection) -> JSONObject {
        guard let object = try objectIfPresent(key) else { throw .invalidBody() }
        return object
    }

    func objectIfPresent(_ key: StaticString) throws(Rejection) -> JSONObject? {
        guard let member = try member(key, csimdjson_object) else { return nil }
        return try JSONObject(document, member)
    }

    /// An array of objects; none where there is no such member.
    ///
    /// At most `limit`: what is compared with every subscriber is bounded, or one body could keep all others
    /// waiting.
    func objects(_ key: StaticString, limit: Int) throws(Rejection) -> [JSONObject] {
        guard let member = try member(key, csimdjson_array) else { return [] }
        var elements = document.elements(of: member)
        var objects: [JSONObject] = []
        var element = csimdjson_value()
        while document.next(&elements, &element) {
            guard objects.count < limit else { throw .invalidBody(hint: "more than \(limit) \(key)") }
            objects.append(try JSONObject(document, element))
        }
        return objects
    }

    /// A member of this kind; nil where it is absent or `null`.
    private func member(_ key: StaticString, _ kind: csimdjson_kind) throws(Rejection) -> csimdjson_value? {
        guard let member = member(key) else { return nil }
        switch document.kind(of: member) {
        case kind: return member
        case csimdjson_null: return nil
        default: throw .invalidBody()
        }
    }

    private func member(_ key: StaticString) -> csimdjson_value? {
        var member = csimdjson_value()
        return document.find(key, in: value, &member) ? member : nil
    }
}

/// A body as simdjson has read it.
@safe private final class Document {
    private let handle: OpaquePointer

    /// Nil for what is not JSON.
    init?(_ body: [UInt8]) {
        let handle = unsafe body.withUnsafeBufferPointer { unsafe csimdjson_parse($0.baseAddress, $0.count) }
        guard let handle = unsafe handle else { return nil }
        unsafe self.handle = handle
    }

    deinit { unsafe csimdjson_free(handle) }

    var root: csimdjson_value { unsafe csimdjson_root(handle) }

    /// From here on every value is one of this document's, which has to outlive each look at it.
    func kind(of value: csimdjson_value) -> csimdjson_kind {
        withExtendedLifetime(self) { csimdjson_kind_of(value) }
    }

    func find(_ key: StaticString, in value: csimdjson_value, _ member: inout csimdjson_value) -> Bool {
        withExtendedLifetime(self) {
            unsafe csimdjson_member(value, key.utf8Start, key.utf8CodeUnitCount, &member)
        }
    }

    /// A copy of a text.
    func string(_ value: csimdjson_value) -> String {
        withExtendedLifetime(self) {
            var count = 0
            let start = unsafe csimdjson_bytes(value, &count)
            return unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
        }
    }

    func elements(of value: csimdjson_value) -> csimdjson_elements {
        withExtendedLifetime(self) { csimdjson_begin(value) }
    }

    func next(_ elements: inout csimdjson_elements, _ element: inout csimdjson_value) -> Bool {
        withExtendedLifetime(self) { unsafe csimdjson_next(&elements, &element) }
    }
}
