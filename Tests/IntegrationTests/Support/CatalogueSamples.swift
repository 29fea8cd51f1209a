// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// What the suites of catalogues push.
protocol CatalogueSamples {}

extension CatalogueSamples {
    /// The image that the fixtures are about.
    static var digest: String { "sha256:" + String(repeating: "1f", count: 32) }
    static var repository: String { "team-a/backend/api" }
    static var artifact: String { "\(repository)@\(digest)" }

    /// One of many in the same repository.
    static func digest(_ number: Int) -> String {
        let end = String(number, radix: 16)
        return "sha256:" + String(repeating: "0", count: 64 - end.count) + end
    }

    /// Each event in both formats, and what is asked of Harbor for it at once: a pull is for later.
    static var events: [(fixtures: [String], fetches: [String])] {
        [
            (["default-push-artifact", "cloudevents-artifact-pushed"], ["artifact", "repository"]),
            (["default-delete-artifact", "cloudevents-artifact-deleted"], ["artifact", "repository"]),
            (["default-scanning-completed", "cloudevents-scan-completed"], ["artifact"]),
            (["default-scanning-failed", "cloudevents-scan-failed"], ["artifact"]),
            (["default-scanning-stopped", "cloudevents-scan-stopped"], ["artifact"]),
            (["default-quota-exceed", "cloudevents-quota-exceeded"], ["project"]),
            (["default-quota-warning", "cloudevents-quota-warned"], ["project"]),
            (["default-replication", "cloudevents-replication-status-changed"], ["repository"]),
            (["default-tag-retention", "cloudevents-tag-retention-finished"], ["repository"]),
        ]
    }

    /// An event as Harbor sends it.
    func fixture(_ name: String) throws -> [UInt8] {
        Array(try Checkout.read("Tests/HandlersTests/Fixtures/harbor/\(name).json").utf8)
    }
}

extension CatalogueSite: CatalogueSamples {
    /// Pushes the image of that number, and tells the receiver of it.
    func push(_ number: Int) throws -> HTTPReply {
        harbor.push("\(Self.repository)@\(Self.digest(number))")
        return try deliver(Payload.harborEvent("PUSH_ARTIFACT", Self.repository, Self.digest(number)))
    }

    /// Neither in the log nor in what is kept.
    func assertNothingSecret() throws {
        let shown = site.log + (try site.command("deliveries").succeeded())
        for secret in [Secrets.portal, HarborServer.password, PortServer.clientSecret] {
            #expect(!shown.contains(secret))
        }
    }
}
