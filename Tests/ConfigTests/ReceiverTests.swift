// SPDX-License-Identifier: Apache-2.0

import Handlers
import Subscriptions
import Testing

@testable import Config

@Suite struct ReceiverTests {
    private func secret(_ text: String) throws -> Secret { try #require(Secret(Array(text.utf8))) }

    /// SHA-256 of `kargo-demoharbor-wh-receivers3cr3t`, computed by sha256sum.
    private let hash = "a900916ddc97d5fc477a6e9012a87051bb9ee703b4218ad6379bf1459ec2599c"

    @Test("A receiver's URL is Kargo's")
    func url() throws {
        let receiver = Receiver(
            baseURL: try BaseURL("https://hooks.example.com/webhooks"),
            project: "kargo-demo",
            name: "harbor-wh-receiver",
            provider: .harbor,
            secret: try secret("s3cr3t")
        )
        #expect(receiver.path == "/webhooks/harbor/\(hash)")
        #expect(receiver.url == "https://hooks.example.com/webhooks/harbor/\(hash)")
        #expect(receiver.scope == .namespace("kargo-demo"))
        #expect("\(receiver)" == "kargo-demo/harbor-wh-receiver (harbor)")
    }

    @Test(
        "Joining the base path collapses doubled and missing slashes",
        arguments: [("", ""), ("/", ""), ("/a", "/a"), ("/a/", "/a"), ("a//b", "/a/b")]
    )
    func joining(base: String, prefix: String) throws {
        let path = receiverPath(
            below: base,
            provider: .azure,
            project: "kargo-demo",
            name: "harbor-wh-receiver",
            secret: try secret("s3cr3t")
        )
        #expect(path == "\(prefix)/azure/\(hash)")
    }

    @Test("A receiver is found by exactly its path")
    func lookUp() throws {
        let base = try BaseURL("https://hooks.example.com")
        let receivers = try ["b", "a"].map {
            Receiver(baseURL: base, project: "", name: $0, provider: .azure, secret: try secret("s"))
        }
        let snapshot = Snapshot(receivers: receivers, subscriptions: .init([]), warehouseCount: 0)
        #expect(snapshot.receivers.map(\.name) == ["a", "b"])
        for receiver in receivers {
            #expect(snapshot.receiver(at: receiver.path)?.name == receiver.name)
            #expect(snapshot.receiver(at: receiver.path)?.scope == .cluster)
            #expect(snapshot.receiver(at: receiver.path + "/") == nil)
            #expect(snapshot.receiver(at: receiver.path.uppercased()) == nil)
            #expect(snapshot.receiver(at: String(receiver.path.dropLast())) == nil)
        }
        #expect(snapshot.receiver(at: "") == nil)
    }
}
