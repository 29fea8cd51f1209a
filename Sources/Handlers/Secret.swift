// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// A shared secret, never empty, that no log line or error can print.
///
/// There is deliberately no `==`: ``matches(_:)`` is the only comparison, and it takes the same time for
/// every wrong value.
package struct Secret: Sendable {
    /// For deriving a receiver's URL and nothing else.
    package let bytes: [UInt8]

    /// What candidates are compared with, so that neither length nor content shows in the time it takes.
    private let digest: SHA256Digest

    /// Nil for an empty value: an empty secret would be an open door.
    package init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return nil }
        self.bytes = bytes
        digest = SHA256.hash(data: bytes)
    }

    /// Whether `candidate` is the secret, compared in constant time.
    package func matches(_ candidate: String) -> Bool { age(of: candidate, previous: nil) != nil }

    /// Which one `candidate` is, this secret or the `previous` one, which is accepted while senders change; nil for
    /// neither.
    ///
    /// It is compared with both whatever the first comparison says, and where there is no previous one with this one
    /// twice: the time does not tell whether a secret is being changed.
    package func age(of candidate: String, previous: Secret?) -> SecretAge? {
        let digest = SHA256.hash(data: Array(candidate.utf8))
        let isCurrent = digest == self.digest
        let isPrevious = digest == (previous ?? self).digest
        if isCurrent { return .current }
        return isPrevious ? .previous : nil
    }

    /// With which one of the two `signature` signs `body`: its HMAC-SHA256 in hexadecimal digits, `sha256=` before them
    /// or not; compared as ``age(of:previous:)`` does.
    package func age(ofSignature signature: String, of body: [UInt8], previous: Secret?) -> SecretAge? {
        let digits = signature.hasPrefix("sha256=") ? signature.dropFirst(7) : signature[...]
        guard let code = decoded(hexadecimal: digits), code.count == SHA256.byteCount else { return nil }
        let isCurrent = signs(code, body)
        let isPrevious = (previous ?? self).signs(code, body)
        if isCurrent { return .current }
        return isPrevious ? .previous : nil
    }

    private func signs(_ code: [UInt8], _ body: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: body, using: SymmetricKey(data: bytes))
    }
}

private func decoded(hexadecimal digits: Substring) -> [UInt8]? {
    let values = digits.utf8.map { digit -> UInt8? in
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
    guard values.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: values.count, by: 2).reduce(into: [UInt8]?.some([])) { bytes, index in
        guard let high = values[index], let low = values[index + 1] else { return bytes = nil }
        bytes?.append(high << 4 | low)
    }
}

/// Which value of a receiver's Secret a delivery came with.
package enum SecretAge: Sendable {
    case current

    /// Its sender has to be told the new one, before this one is taken away.
    case previous
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
