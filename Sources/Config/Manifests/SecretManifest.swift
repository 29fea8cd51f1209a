// SPDX-License-Identifier: Apache-2.0

private import FoundationEssentials
internal import Handlers

/// What of a Secret a receiver may need: the values under the keys that receivers know, and no others.
struct SecretManifest: Sendable {
    let place: Place
    private(set) var values: [String: Value] = [:]

    /// A problem is kept with the value, because it matters only when a receiver uses it.
    enum Value: Sendable {
        case secret(Secret, Place)
        case unusable(Problem)
    }

    /// Reads `stringData`, which wins, and `data`.
    init(_ manifest: YAMLValue, _ problems: inout [Problem]) {
        place = manifest.place
        let plain = manifest.optional("stringData", .mapping, &problems)
        let encoded = manifest.optional("data", .mapping, &problems)
        for key in Self.keys {
            if let value = plain?[key] {
                values[key] = Self.read(value, key) { Array($0.utf8) }
            } else if let value = encoded?[key] {
                values[key] = Self.read(value, key, bytes(ofBase64:))
            }
        }
    }

    private static let keys = Set(
        Provider.allCases.map(\.handler).flatMap { [$0.secretKey, $0.previousSecretKey] }
            + CatalogueManifest.secretKeys
    )

    private static func read(_ value: YAMLValue, _ key: String, _ decode: (String) -> [UInt8]?) -> Value {
        guard value.shape == .text, let text = value.scalar else { return .unusable(value.mismatch(.text)) }
        guard let bytes = decode(text) else {
            return .unusable(value.error("\(value.path) is not valid base64: encode it, or use stringData"))
        }
        guard let secret = Secret(bytes) else {
            // Without a previous value everything works.
            return key.hasSuffix("-previous")
                ? .unusable(value.warning("\(value.path) is empty: remove it, or give it a value"))
                : .unusable(value.error("\(value.path) is empty: give it a value"))
        }
        return .secret(secret, value.place)
    }
}

/// Decodes as Kubernetes does, which skips line breaks and nothing else.
private func bytes(ofBase64 text: String) -> [UInt8]? {
    let line = text.utf8.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return Data(base64Encoded: Data(line)).map(Array.init)
}
