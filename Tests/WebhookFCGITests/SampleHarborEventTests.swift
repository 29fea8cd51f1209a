// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import WebhookFCGI

@Suite struct SampleHarborEventTests {
    private static let fixtures: [HarborEvent: (String, String)] = [
        .push: ("push-artifact", "artifact-pushed"), .pull: ("pull-artifact", "artifact-pulled"),
        .delete: ("delete-artifact", "artifact-deleted"),
        .scanCompleted: ("scanning-completed", "scan-completed"),
        .scanFailed: ("scanning-failed", "scan-failed"), .scanStopped: ("scanning-stopped", "scan-stopped"),
        .quotaExceeded: ("quota-exceed", "quota-exceeded"),
        .quotaWarned: ("quota-warning", "quota-warned"),
        .replication: ("replication", "replication-status-changed"),
        .retention: ("tag-retention", "tag-retention-finished"),
    ]

    @Test(arguments: HarborEvent.allCases, PayloadFormat.allCases)
    func `What is made up has all that Harbor sends, and nothing else`(
        _ event: HarborEvent,
        _ format: PayloadFormat
    ) throws {
        let (plain, cloudEvent) = try #require(Self.fixtures[event])
        let name = format == .default ? "default-\(plain)" : "cloudevents-\(cloudEvent)"
        let real = try shape(try Checkout.read("Tests/HandlersTests/Fixtures/harbor/\(name).json"))
        let sample = SampleHarborEvent(event, of: "registry.example.com/team-a/backend/api", tag: "1.4.2")
        #expect(try shape(sample.body(format)) == real)
    }

    @Test(arguments: HarborEvent.allCases)
    func `Without a tag the digest says what it is about`(_ event: HarborEvent) throws {
        let digest = "sha256:" + String(repeating: "1f", count: 32)
        let sample = SampleHarborEvent(event, of: "r.example.com/a/b/c", tag: nil, digest: digest)
        let body = sample.body(.default)
        #expect(body.contains(digest) && !body.contains(#""tag":"""#))
        let isScan = [.scanCompleted, .scanFailed, .scanStopped].contains(event)
        #expect(!isScan || !body.contains(#""tag""#), "Harbor leaves it out")
    }

    /// The names of all members of what is sent about an event, but of those that are not always there.
    private func shape(_ json: String) throws -> Set<String> {
        let optional = ["requestid", "scanner", "summary", "retention_rule", "registry_name", "Details"]
        func names(_ value: Any, _ path: String) -> Set<String> {
            if let object = value as? [String: Any] {
                return object.reduce(into: []) { all, member in
                    guard !optional.contains(member.key) else { return }
                    all.insert("\(path).\(member.key)")
                    all.formUnion(names(member.value, "\(path).\(member.key)"))
                }
            }
            return ((value as? [Any]) ?? []).reduce(into: []) { $0.formUnion(names($1, "\(path)[]")) }
        }
        return names(try JSONSerialization.jsonObject(with: Data(json.utf8)), "")
    }
}
