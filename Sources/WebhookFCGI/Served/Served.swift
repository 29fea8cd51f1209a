// SPDX-License-Identifier: Apache-2.0

import Config
import Crypto
import FoundationEssentials
import Glibc
import Subscriptions

/// What a process serves, as it tells `check`.
///
/// Each name comes with a digest that tells whether it is the same thing. The key is chosen by who asks, for one
/// answer, and nothing of it is ever written down: a receiver's URL follows from its secret.
struct Served: Codable, Equatable {
    let process: Int32

    /// Whether it has read its source; until then it serves nothing.
    let isReady: Bool

    /// By `project/name`.
    let receivers: [String: String]

    /// By `namespace/name`, those that subscribe to something.
    let warehouses: [String: String]

    /// How many bytes a key has.
    static let keySize = 32

    init(_ snapshot: Snapshot?, key: [UInt8]) {
        process = getpid()
        isReady = snapshot != nil
        let key = SymmetricKey(data: key)
        let receivers = (snapshot?.receivers ?? []).map { receiver in
            (receiver.title, digest(["\(receiver.provider)"] + receiver.definition, key))
        }
        self.receivers = Dictionary(receivers) { first, _ in first }
        var definitions: [Target: [String]] = [:]
        snapshot?.subscriptions.forEach { subscription in
            let repository = subscription.repository
            definitions[subscription.target, default: []].append(
                "\(repository.kind) \(repository.url) \(subscription.selector.definition)"
            )
        }
        warehouses = Dictionary(
            definitions.map { ("\($0.key)", digest($0.value.sorted(), key)) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}

private func digest(_ texts: [String], _ key: SymmetricKey) -> String {
    var hash = HMAC<SHA256>(key: key)
    for text in texts { hash.update(data: Array("\(text)\0".utf8)) }
    return Data(hash.finalize()).base64EncodedString()
}

extension Receiver {
    /// What it is, apart from its name.
    fileprivate var definition: [String] {
        let catalogue = catalogue.map { "\($0.fingerprint)" }
        return paths.sorted() + (catalogue.map { [$0] } ?? [])
    }
}
