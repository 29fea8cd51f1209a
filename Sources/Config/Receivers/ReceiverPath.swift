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

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
    return String(decoding: text, as: UTF8.self)
}
