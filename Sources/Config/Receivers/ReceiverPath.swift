// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Handlers

/// Kargo's path of a receiver, `<base path>/<type>/<hash>`, so that what senders have registered goes on working.
///
/// The hash is over the exact bytes of the secret, a trailing newline included.
func receiverPath(
    below basePath: String,
    provider: Provider,
    project: String,
    name: String,
    secret: Secret
) -> String {
    var hash = SHA256()
    hash.update(data: Array(project.utf8))
    hash.update(data: Array(name.utf8))
    hash.update(data: secret.bytes)
    let base = basePath.split(separator: "/").map { "/\($0)" }.joined()
    return "\(base)/\(provider.rawValue)/\(hexadecimal(hash.finalize()))"
}

/// Whether `path` ends as ``receiverPath(below:provider:project:name:secret:)`` writes it.
func isReceiverPath(_ path: String, of provider: Provider) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[0].isEmpty, parts[parts.count - 2] == provider.rawValue else {
        return false
    }
    return parts[parts.count - 1].utf8.count == 2 * SHA256.byteCount
        && parts[parts.count - 1].utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
            default: false
            }
        }
}

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
    return String(decoding: text, as: UTF8.self)
}
