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
    ///
    /// The digits are not read: a processor that has seen the right ones often would read those that are like them
    /// faster.
    package func age(ofSignature signature: String, of body: [UInt8], previous: Secret?) -> SecretAge? {
        let digits = signature.hasPrefix("sha256=") ? signature.dropFirst(7) : signature[...]
        guard digits.utf8.count == 2 * SHA256.byteCount else { return nil }
        let digest = SHA256.hash(data: Array(digits.utf8))
        let isCurrent = signs(body, with: digest)
        let isPrevious = (previous ?? self).signs(body, with: digest)
        if isCurrent { return .current }
        return isPrevious ? .previous : nil
    }

    /// Whether this is the digest of the signature's digits, all of them small or all of them capital.
    private func signs(_ body: [UInt8], with digest: SHA256Digest) -> Bool {
        let code = HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: bytes))
        let isSmall = digest == SHA256.hash(data: code.hexadecimal("0123456789abcdef"))
        let isCapital = digest == SHA256.hash(data: code.hexadecimal("0123456789ABCDEF"))
        return isSmall || isCapital
    }
}

extension HashedAuthenticationCode<SHA256> {
    fileprivate func hexadecimal(_ digits: String) -> [UInt8] {
        let digits = Array(digits.utf8)
        return flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
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
