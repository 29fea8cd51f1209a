// SPDX-License-Identifier: Apache-2.0

import Crypto
import Handlers

/// A handler that compares a value with a secret, up to where the body would be read.
struct Authentication {
    private let provider: Provider
    private let name: String

    /// What everybody knows, before the value that is compared.
    private let scheme: String
    private let right: [UInt8]
    private let secret: Secret

    /// Harbor's: the value is the secret.
    static func harbor(secret text: String) throws -> Self {
        try Self(.harbor, "Harbor", value: text, secret: text)
    }

    /// A catalogue's, in all ways in which it can be proven that a delivery is genuine.
    static func catalogue(secret text: String) throws -> [Self] {
        let key = SymmetricKey(data: Array(text.utf8))
        let signature = HMAC<SHA256>.authenticationCode(for: [UInt8](), using: key)
        return [
            try Self(.catalogue, "a catalogue", value: text, secret: text),
            try Self(.catalogue, "a catalogue, scheme", scheme: "Harbor-Secret ", value: text, secret: text),
            try Self(
                .catalogue,
                "a catalogue, signature",
                scheme: "Harbor-Secret ",
                value: Hexadecimal.text(of: Array(signature)),
                secret: text
            ),
        ]
    }

    private init(
        _ provider: Provider,
        _ name: String,
        scheme: String = "",
        value: String,
        secret text: String
    ) throws {
        (self.provider, self.name, self.scheme) = (provider, name, scheme)
        right = Array(value.utf8)
        guard let secret = Secret(Array(text.utf8)) else { throw Finding("the secret is empty") }
        self.secret = secret
    }

    /// All that is wrong, how near it may be.
    func wrongValues(_ count: Int) -> Experiment {
        experiment(
            "`authenticate`, \(name): wrong values of about \(right.count) bytes",
            Candidate.all(right).filter { $0.name != Candidate.right },
            comparing: [
                .init(Candidate.firstByte, Candidate.lastByte), .init(Candidate.allWrong, Candidate.lastByte),
                .init("one byte short", "all wrong, one byte short"),
                .init("one byte long", "all wrong, one byte long"),
            ],
            count
        )
    }

    /// As many right ones as wrong ones: the processor guesses what comes more often.
    func rightAndWrongValues(_ count: Int) -> Experiment {
        experiment(
            "`authenticate`, \(name): right and wrong values of \(right.count) bytes",
            Candidate.all(right).filter { [Candidate.right, Candidate.lastByte].contains($0.name) },
            comparing: [.init(Candidate.right, Candidate.lastByte, isSecret: false)],
            count
        )
    }

    private func experiment(
        _ title: String,
        _ kinds: [Experiment.Kind],
        comparing pairs: [Experiment.Pair],
        _ count: Int
    ) -> Experiment {
        let handler = provider.handler
        return Experiment(title, kinds, comparing: pairs, count: count, prepare: delivery) { delivery in
            do throws(Rejection) {
                _ = try handler.authenticate(delivery, secret: secret, previous: nil)
                return true
            } catch {
                return false
            }
        }
    }

    private func delivery(_ value: String) -> Delivery {
        let authorization = scheme + value
        return Delivery(headers: Headers { $0 == "authorization" ? [authorization] : [] }, body: [])
    }
}

/// The same with the comparison that everybody would write first: what the measure must be able to find.
struct EarlyExit {
    private let right: [UInt8]

    init(secret text: String) { right = Array(text.utf8) }

    func experiment(_ count: Int) -> Experiment {
        Experiment(
            "For comparison: byte by byte, to the first that differs",
            Candidate.all(right).filter { [Candidate.firstByte, Candidate.lastByte].contains($0.name) },
            comparing: [.init(Candidate.firstByte, Candidate.lastByte)],
            count: count,
            prepare: { $0 },
            operation: { isEqual($0, right) }
        )
    }

    @inline(never)
    private func isEqual(_ candidate: String, _ secret: [UInt8]) -> Bool {
        let bytes = Array(candidate.utf8)
        guard bytes.count == secret.count else { return false }
        for index in bytes.indices where bytes[index] != secret[index] { return false }
        return true
    }
}

/// What a stranger may try.
private enum Candidate {
    static let right = "right"
    static let firstByte = "wrong first byte"
    static let lastByte = "wrong last byte"
    static let allWrong = "all wrong"

    static func all(_ right: [UInt8]) -> [Experiment.Kind] {
        [
            (Self.right, { right }), (firstByte, { changed(right, at: 0) }),
            (lastByte, { changed(right, at: right.count - 1) }),
            (allWrong, { Hexadecimal.randomBytes(count: right.count) }),
            ("one byte short", { right.dropLast() }),
            ("all wrong, one byte short", { Hexadecimal.randomBytes(count: right.count - 1) }),
            ("one byte long", { right + Hexadecimal.randomBytes(count: 1) }),
            ("all wrong, one byte long", { Hexadecimal.randomBytes(count: right.count + 1) }),
            ("one byte", { Hexadecimal.randomBytes(count: 1) }),
        ]
    }

    private static func changed(_ right: [UInt8], at index: Int) -> [UInt8] {
        var bytes = right
        bytes[index] = Hexadecimal.other(than: bytes[index])
        return bytes
    }
}
