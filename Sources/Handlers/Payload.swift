// SPDX-License-Identifier: Apache-2.0

private import FoundationEssentials

/// Reads a JSON body into the few fields a handler needs; what else is in it does not matter.
///
/// The body must be UTF-8 (RFC 8259 §8.1): otherwise `JSONDecoder` would guess UTF-16 from stray NULs.
func payload<Shape: Decodable>(_ shape: Shape.Type, in body: [UInt8]) throws(Rejection) -> Shape {
    guard body.first == UInt8(ascii: "{") || body.contains(UInt8(ascii: "{")), !body.contains(0),
        String(validating: body, as: UTF8.self) != nil,
        let shape = try? JSONDecoder().decode(shape, from: Data(body))
    else { throw .invalidBody() }
    return shape
}
