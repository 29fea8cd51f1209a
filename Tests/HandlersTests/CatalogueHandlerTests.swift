// SPDX-License-Identifier: Apache-2.0

import Crypto
import Handlers
import Testing

@Suite struct CatalogueHandlerTests {
    private static let handler = Provider.catalogue.handler
    private static let ones = "sha256:" + String(repeating: "1f", count: 32)

    private func verdict(_ body: [UInt8]) throws -> Verdict {
        Self.handler.verdict(
            on: Delivery(headers: ["Authorization": "s3cr3t"], body: body),
            secret: try secret()
        )
    }

    private func objects(_ body: String) throws -> [String]? {
        guard case .catalogue(_, let objects, _) = try verdict(Array(body.utf8)) else { return nil }
        return objects.map(\.identifier)
    }

    private static let artifact = "team-a/backend/api@\(ones)"
    private static let repository = "team-a/backend/api"

    /// Each event, in both formats.
    private static let events: [(String, [String], [String])] = [
        ("PUSH_ARTIFACT", ["default-push-artifact", "cloudevents-artifact-pushed"], [artifact, repository]),
        ("PULL_ARTIFACT", ["default-pull-artifact", "cloudevents-artifact-pulled"], [artifact, repository]),
        (
            "DELETE_ARTIFACT", ["default-delete-artifact", "cloudevents-artifact-deleted"],
            [artifact, repository]
        ),
        (
            "SCANNING_COMPLETED",
            [
                "default-scanning-completed", "default-scanning-completed-scan-all",
                "cloudevents-scan-completed",
            ],
            [artifact]
        ),
        ("SCANNING_FAILED", ["default-scanning-failed", "cloudevents-scan-failed"], [artifact]),
        ("SCANNING_STOPPED", ["default-scanning-stopped", "cloudevents-scan-stopped"], [artifact]),
        (
            "QUOTA_EXCEED",
            ["default-quota-exceed", "default-quota-exceed-blob", "cloudevents-quota-exceeded"],
            ["team-a"]
        ),
        ("QUOTA_WARNING", ["default-quota-warning", "cloudevents-quota-warned"], ["team-a"]),
        ("REPLICATION", ["default-replication", "cloudevents-replication-status-changed"], ["team-a/nginx"]),
        ("TAG_RETENTION", ["default-tag-retention", "cloudevents-tag-retention-finished"], [repository]),
    ]

    @Test(arguments: events)
    func `Each event is about the objects that it changes`(
        _ name: String,
        _ fixtures: [String],
        _ identifiers: [String]
    ) throws {
        for fixture in fixtures {
            guard
                case .catalogue(let event, let objects, _) = try verdict(
                    HandlersTests.fixture("harbor/\(fixture)")
                )
            else {
                Issue.record("\(fixture) has no effect")
                continue
            }
            #expect(event == name)
            #expect(objects.map(\.identifier) == identifiers, "\(fixture)")
        }
    }

    @Test func `It knows every event that Harbor sends by name`() {
        #expect(
            Set(Self.handler.events) == Set(Self.events.map(\.0)) && Self.handler.events[0] == "PUSH_ARTIFACT"
        )
        #expect(Set(Self.handler.events) == Set(Provider.harbor.handler.events))
    }

    @Test(arguments: ["default-replication-running", "default-replication-error"])
    func `A replication that has not succeeded changes nothing`(_ name: String) throws {
        guard case .acknowledge("REPLICATION", let message) = try verdict(fixture("harbor/\(name)")) else {
            Issue.record("it has an effect")
            return
        }
        #expect(message.contains("once it has succeeded"))
    }

    @Test(
        arguments: [
            (#"{"type":"PUSH_ARTIFACT","event_data":{"repository":{"repo_full_name":"a/b"}}}"#, ["a/b"]),
            // A name that could lead elsewhere in a URL is none.
            (
                #"{"type":"PUSH_ARTIFACT","event_data":{"resources":[{"digest":"sha256:1f"}],"repository":{"repo_full_name":"a/../../b"}}}"#,
                nil
            ),
            (
                #"{"type":"PULL_ARTIFACT","event_data":{"resources":[{"digest":"latest"},{"tag":"1"},{"digest":"sha256:1f"},{"digest":"sha256:1f"}],"repository":{"repo_full_name":"a/b/c"}}}"#,
                ["a/b/c@sha256:1f", "a/b/c"]
            ),
            (#"{"type":"SCANNING_COMPLETED","event_data":{"repository":{"repo_full_name":"a/b"}}}"#, nil),
            (#"{"type":"QUOTA_WARNING","event_data":{"repository":{"namespace":"a/b"}}}"#, nil),
            (#"{"type":"PUSH_ARTIFACT","event_data":{"repository":{"repo_full_name":"a"}}}"#, nil),
            (#"{"type":"PUSH_ARTIFACT","event_data":{}}"#, nil),
            (#"{"type":"CREATE_TAG","event_data":7}"#, nil),
            (
                #"{"type":"TAG_RETENTION","event_data":{"retention":{"project_name":"a","deleted_artifact":[{"name_tag":"b:1"},{"name_tag":"b@sha256:1f"},{"name_tag":"c/d:2"}]}}}"#,
                ["a/b", "a/c/d"]
            ),
            (
                #"{"type":"REPLICATION","event_data":{"replication":{"job_status":"Success","dest_resource":{"namespace":"a"},"successful_artifact":[{"name_tag":"b/c [1 item(s) in total]"},{"name_tag":"d"}]}}}"#,
                ["a/b/c", "a/d"]
            ),
        ] as [(String, [String]?)]
    )
    func `What can be an object is, and nothing else`(_ body: String, _ identifiers: [String]?) throws {
        #expect(try objects(body) == identifiers)
        if identifiers == nil, case .acknowledge = try verdict(Array(body.utf8)) { return }
        #expect(identifiers != nil)
    }

    @Test func `A retry is told by the name that CloudEvents have`() throws {
        let identity = "/projects/7/webhook/policies/12 8d7d2c8e-0f4b-4c1e-9a55-000000000001"
        guard case .catalogue(_, _, identity) = try verdict(fixture("harbor/cloudevents-artifact-pushed")),
            case .catalogue(_, _, nil) = try verdict(fixture("harbor/default-push-artifact"))
        else {
            Issue.record("another identity")
            return
        }
    }
}

/// What proves that a delivery is genuine.
@Suite struct CatalogueAuthenticationTests {
    private let body = Array(#"{"type":"x"}"#.utf8)

    private func age(_ headers: Headers, previous: String? = nil, body: [UInt8]? = nil) throws -> SecretAge? {
        Provider.catalogue.handler.verdict(
            on: Delivery(headers: headers, body: body ?? self.body),
            secret: try secret("s3cr3t"),
            previous: try previous.map { try secret($0) }
        ).age
    }

    private func signature(_ key: String, _ body: [UInt8]? = nil) -> String {
        HMAC<SHA256>.authenticationCode(for: body ?? self.body, using: SymmetricKey(data: Array(key.utf8)))
            .map {
                let digits = String($0, radix: 16)
                return digits.count == 1 ? "0\(digits)" : digits
            }.joined()
    }

    @Test func `The value, the value after the scheme, and a signature are accepted`() throws {
        for value in [
            "s3cr3t", "Harbor-Secret s3cr3t", "Harbor-Secret \(signature("s3cr3t"))",
            "Harbor-Secret sha256=\(signature("s3cr3t"))",
            "Harbor-Secret \(signature("s3cr3t").uppercased())",
        ] {
            #expect(try age(["Authorization": value]) == .current, "\(value)")
            #expect(try age(["Authorization": value], previous: "before") == .current, "\(value)")
        }
        for value in [
            "before", "Harbor-Secret before", "Harbor-Secret \(signature("before"))",
            "Harbor-Secret sha256=\(signature("before"))",
        ] {
            #expect(try age(["Authorization": value], previous: "before") == .previous, "\(value)")
            #expect(try age(["Authorization": value]) == nil, "\(value)")
        }
    }

    @Test func `Anything else is not`() throws {
        let right = signature("s3cr3t")
        for value in [
            "s3cr3", "s3cr3tt", "S3cr3t", "Bearer s3cr3t", "Harbor-Secret", "Harbor-Secret ",
            "Harbor-Secret  s3cr3t",
            "harbor-secret s3cr3t", "Harbor-Secret s3cr3u", "Harbor-Secret s3cr3t ", right, "sha256=\(right)",
            "Harbor-Secret sha1=\(right)", "Harbor-Secret \(right.dropLast())", "Harbor-Secret \(right)0",
            "Harbor-Secret \(right.dropLast(2))", "Harbor-Secret \(right)00",
            "Harbor-Secret \(right.dropLast(1))g",
            "Harbor-Secret \(signature("other"))", "Harbor-Secret \(signature("s3cr3t", []))",
            "Harbor-Secret sha256=",
            " ",
        ] { #expect(try age(["Authorization": value]) == nil, "\(value)") }
        for headers in [[:], ["Authorization": ""], ["Authorization": "s3cr3t", "authorization": "s3cr3t"]]
            as [Headers]
        {
            #expect(try age(headers) == nil)
        }
    }

    @Test func `Every flipped bit of a signature and of a body is noticed`() throws {
        let right = Array(signature("s3cr3t").utf8)
        for index in right.indices {
            var wrong = right
            wrong[index] = wrong[index] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            let value = "Harbor-Secret \(String(decoding: wrong, as: UTF8.self))"
            #expect(try age(["Authorization": value]) == nil, "digit \(index)")
        }
        let value = "Harbor-Secret \(signature("s3cr3t"))"
        for index in body.indices {
            var other = body
            other[index] ^= 1
            #expect(try age(["Authorization": value], body: other) == nil, "byte \(index)")
        }
    }
}
