// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import Glibc
import POSIX

/// What the tokens of forms are made with: the same for every process that shares a `stateDirectory`, because a page
/// and the button on it may meet different ones.
struct PageKey {
    private let key: SymmetricKey

    private static let size = 32

    init(_ bytes: [UInt8]) { key = SymmetricKey(data: bytes) }

    /// Reads the key in `directory`, and makes it where there is none; who makes it holds a lock on it.
    init(in directory: String) throws(SystemError) {
        let path = "\(directory)/pages.key"
        try Folder.make(directory)
        guard let lock = try FileLock(at: path, mode: 0o600, within: .seconds(1)) else {
            throw SystemError(errno: EWOULDBLOCK, doing: "locking '\(path)'")
        }
        let file = try Descriptor(opening: path, O_RDWR)
        var bytes = try file.read(upTo: Self.size, from: path)
        if bytes.count < Self.size {
            let number = file.number
            try systemCall("emptying '\(path)'") { ftruncate(number, 0) }
            try systemCall("emptying '\(path)'") { Int(lseek(number, 0, SEEK_SET)) }
            var generator = SystemRandomNumberGenerator()
            bytes = (0..<Self.size).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            try file.write(bytes, to: path)
        }
        lock.release()
        self.init(bytes)
    }

    /// How long a page may lie open before its buttons stop working.
    private static let age = Duration.seconds(12 * 3600)

    /// Proves that a form is from a page that was made for `user`, and when.
    func token(for user: String, at now: Timestamp) -> String {
        let time = String(now.microseconds, radix: 16)
        let code = Array(HMAC<SHA256>.authenticationCode(for: Self.message(user, time), using: key))
        return "\(time).\(code.hexadecimal)"
    }

    /// Whether this is such a token; how long that takes tells nothing about the right one.
    func accepts(_ token: String, from user: String, at now: Timestamp) -> Bool {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let microseconds = Int64(parts[0], radix: 16),
            let code = [UInt8](hexadecimal: parts[1])
        else { return false }
        let time = Timestamp(microseconds: microseconds)
        // Other processes have the same clock; one that was set back may not.
        guard time <= now + .seconds(60), time > now - Self.age else { return false }
        return HMAC<SHA256>
            .isValidAuthenticationCode(
                code,
                authenticating: Self.message(user, String(parts[0])),
                using: key
            )
    }

    private static func message(_ user: String, _ time: String) -> [UInt8] {
        Array("webhook-fcgi form\0\(time)\0\(user)".utf8)
    }
}

extension [UInt8] {
    fileprivate var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
    }

    /// Lower case alone, so that there is one way to write each.
    fileprivate init?(hexadecimal text: Substring) {
        var nibbles: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibbles.append(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibbles.append(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        guard nibbles.count % 2 == 0 else { return nil }
        self = stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
    }
}
