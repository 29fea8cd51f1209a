// SPDX-License-Identifier: Apache-2.0

import Handlers
import Subscriptions
import Testing

@Suite struct HarborHandlerTests {
    private func verdict(_ body: [UInt8], contentType: String = "application/json") throws -> Verdict {
        let headers: Headers = ["Authorization": "s3cr3t", "Content-Type": contentType]
        return Provider.harbor.handler.verdict(
            on: Delivery(headers: headers, body: body),
            secret: try secret()
        )
    }

    private func verdict(_ body: String) throws -> Verdict { try verdict(Array(body.utf8)) }

    private let push = Event(
        name: "PUSH_ARTIFACT",
        pushes: [
            Event.Push(
                repository: "registry.example.com/team-a/backend/api:1.4.2",
                kinds: [.image, .chart],
                qualifiers: .tags(["1.4.2"])
            )
        ]
    )

    @Test(arguments: [
        ("harbor/default-push-artifact", "application/json"),
        ("harbor/default-push-artifact", "application/json; charset=utf-8"),
        ("harbor/cloudevents-artifact-pushed", "application/cloudevents+json"),
        ("harbor/cloudevents-artifact-pushed", "application/json"),
        ("harbor/default-push-artifact", "text/plain"),
    ])
    func `A push acts in either format, whatever the Content-Type says`(_ name: String, _ type: String) throws
    {
        #expect(try verdict(fixture(name), contentType: type).withoutIdentity == .refresh(push))
    }

    @Test(arguments: [
        ("default-pull-artifact", "PULL_ARTIFACT"), ("cloudevents-artifact-pulled", "PULL_ARTIFACT"),
        ("default-delete-artifact", "DELETE_ARTIFACT"), ("cloudevents-artifact-deleted", "DELETE_ARTIFACT"),
        ("default-quota-exceed", "QUOTA_EXCEED"), ("default-quota-exceed-blob", "QUOTA_EXCEED"),
        ("cloudevents-quota-exceeded", "QUOTA_EXCEED"), ("default-quota-warning", "QUOTA_WARNING"),
        ("cloudevents-quota-warned", "QUOTA_WARNING"), ("default-scanning-completed", "SCANNING_COMPLETED"),
        ("default-scanning-completed-child", "SCANNING_COMPLETED"),
        ("default-scanning-completed-scan-all", "SCANNING_COMPLETED"),
        ("default-scanning-completed-sbom", "SCANNING_COMPLETED"),
        ("cloudevents-scan-completed", "SCANNING_COMPLETED"), ("default-scanning-failed", "SCANNING_FAILED"),
        ("cloudevents-scan-failed", "SCANNING_FAILED"), ("default-scanning-stopped", "SCANNING_STOPPED"),
        ("cloudevents-scan-stopped", "SCANNING_STOPPED"), ("default-replication", "REPLICATION"),
        ("default-replication-running", "REPLICATION"), ("default-replication-error", "REPLICATION"),
        ("cloudevents-replication-status-changed", "REPLICATION"), ("default-tag-retention", "TAG_RETENTION"),
        ("cloudevents-tag-retention-finished", "TAG_RETENTION"),
    ])
    func `Every other event is acknowledged by name, with a reason`(_ name: String, _ event: String) throws {
        guard case .acknowledge(event, let message) = try verdict(fixture("harbor/\(name)")) else {
            Issue.record("not acknowledged as \(event)")
            return
        }
        #expect(message.hasPrefix("ignored \(event): "))
        #expect(!message.hasSuffix("not known"))
    }

    @Test(arguments: [
        (#"{"type":"CREATE_TAG","event_data":{}}"#, "CREATE_TAG"),
        (#"{"type":"UPLOAD_CHART","event_data":{"resources":[]}}"#, "UPLOAD_CHART"),
        (#"{"specversion":"1.0","type":"harbor.tag.created","data":{}}"#, "harbor.tag.created"),
    ])
    func `An event of tomorrow or yesterday is acknowledged`(_ body: String, _ event: String) throws {
        let message = "ignored \(event): this event type is not known"
        #expect(try verdict(body) == .acknowledge(event: event, message: message))
    }

    @Test(arguments: [
        #"{"type":"CREATE_TAG"}"#,
        #"{"type":"CREATE_TAG","event_data":[1]}"#,
        #"{"type":"CREATE_TAG","event_data":{"resources":{"tag":{}}}}"#,
        #"{"type":"CREATE_TAG","event_data":{},"id":7,"source":[],"data":"","blocks":1}"#,
        #"{"type":"PULL_ARTIFACT","event_data":{"resources":"none"}}"#,
        #"{"specversion":"1.0","type":"harbor.tag.created","data":null}"#,
        #"{"specversion":"1.0","type":"harbor.tag.created","id":7,"source":{},"data":"AAAA"}"#,
        #"{"specversion":"1.0","type":"harbor.artifact.deleted","data":{"resources":[[]]}}"#,
    ])
    func `The shape of what is ignored does not matter`(_ body: String) throws {
        guard case .acknowledge = try verdict(body) else {
            Issue.record("not acknowledged")
            return
        }
    }

    @Test func `What only CloudEvents have does not matter in the other format`() throws {
        let body = #"""
            {"type":"PUSH_ARTIFACT","id":7,"source":{},"data":[],"event_data":{"resources":[{"tag":"1.4.2",
            "resource_url":"registry.example.com/team-a/backend/api:1.4.2"}]}}
            """#
        #expect(try verdict(body) == .refresh(push))
    }

    @Test func `A stranger's event name is quoted shortened and without what a terminal obeys`() throws {
        let name = "A\\n\\u001b[31m\\u202e\\u2028" + String(repeating: "x", count: 1000)
        guard case .acknowledge(_, let message) = try verdict(#"{"type":"\#(name)","event_data":{}}"#) else {
            Issue.record("not acknowledged")
            return
        }
        #expect(message.count < 120)
        #expect(
            message.unicodeScalars.allSatisfy { $0.value >= 0x20 && ![0x202E, 0x2028].contains($0.value) }
        )
    }

    @Test(arguments: [
        (#"{"resource_url":"r.example.com/a/b@sha256:1f","tag":"sha256:1f"}"#, Event.Qualifiers.untagged),
        (#"{"resource_url":"r.example.com/a/b@sha256:1f"}"#, .untagged),
        (#"{"resource_url":"r.example.com/a/b:v1","tag":""}"#, .untagged),
        (
            #"{"resource_url":"r.example.com/a/b:sha256-1f.sig","tag":"sha256-1f.sig"}"#,
            .tags(["sha256-1f.sig"])
        ),
    ])
    func `A digest in the place of a tag is no tag`(_ resource: String, _ qualifiers: Event.Qualifiers) throws
    {
        let body = #"{"type":"PUSH_ARTIFACT","event_data":{"resources":[\#(resource)]}}"#
        guard case .refresh(let event) = try verdict(body) else {
            Issue.record("not a refresh")
            return
        }
        #expect(event.pushes.map(\.qualifiers) == [qualifiers])
    }

    @Test func `Every resource counts`() throws {
        let body = #"""
            {"type":"PUSH_ARTIFACT","event_data":{"resources":[
                {"resource_url":"r.example.com/a/b:1","tag":"1"},
                {"digest":"sha256:1f"},
                {"resource_url":"r.example.com/c/d:2","tag":"2"}]}}
            """#
        guard case .refresh(let event) = try verdict(body) else {
            Issue.record("not a refresh")
            return
        }
        #expect(event.pushes.map(\.repository) == ["r.example.com/a/b:1", "r.example.com/c/d:2"])
    }

    @Test func `More resources than anybody pushes at once are refused, before they cost anything`() throws {
        let resource = #"{"resource_url":"r.example.com/a/b:1","tag":"1"}"#
        let resources = Array(repeating: resource, count: 101).joined(separator: ",")
        let body = #"{"type":"PUSH_ARTIFACT","event_data":{"resources":[\#(resources)]}}"#
        #expect(try verdict(body) == .reject(.invalidBody(hint: "more than 100 resources")))
    }

    @Test(arguments: [
        #"{"type":"PUSH_ARTIFACT","event_data":{}}"#,
        #"{"type":"PUSH_ARTIFACT","event_data":{"resources":null}}"#,
        #"{"type":"PUSH_ARTIFACT","event_data":{"resources":[{}]}}"#,
    ])
    func `A push that names nothing is acknowledged`(_ body: String) throws {
        let message = "ignored PUSH_ARTIFACT: it names no artifact"
        #expect(try verdict(body) == .acknowledge(event: "PUSH_ARTIFACT", message: message))
    }

    @Test(arguments: [
        #"{"type":"PUSH_ARTIFACT"}"#,
        #"{"event_data":{"resources":[]}}"#,
        #"{"specversion":"1.0","type":"harbor.artifact.pushed"}"#,
        #"{"specversion":"1.0","type":"harbor.artifact.pushed","data":"eyJyZXNvdXJjZXMiOltdfQ=="}"#,
        #"{"event_type":"pushImage","events":[{"project":"a","repo_name":"b","tag":"c"}]}"#,
        #"{"type":"PUSH_ARTIFACT","event_data":{"resources":[{"resource_url":7}]}}"#,
        #"{"resources":[{"resource_url":"r.example.com/a/b:1","tag":"1"}]}"#,
    ])
    func `What is neither format is refused`(_ body: String) throws {
        #expect(try verdict(body) == .reject(.invalidBody()))
    }

    @Test func `A CloudEvent's order of keys does not matter`() throws {
        let body = #"""
            {"requestid":"","operator":"","data":{"resources":[{"tag":"1.4.2",
            "resource_url":"registry.example.com/team-a/backend/api:1.4.2"}]},"time":"2026-01-01T00:00:00Z",
            "type":"harbor.artifact.pushed","source":"/projects/7/webhook/policies/12","id":"1","specversion":"1.0"}
            """#
        #expect(try verdict(body).withoutIdentity == .refresh(push))
    }

    @Test(arguments: [
        "{\n\t\"blocks\": [\n\t\t{ \"type\": \"section\", \"text\": { \"text\": \"```{\n\t}```\" } }\n\t]\n}",
        #"{"blocks":[{"type":"section"}]}"#,
    ])
    func `A Slack message is refused with a hint`(_ body: String) throws {
        guard case .reject(.invalidBody(let hint?)) = try verdict(body) else {
            Issue.record("no hint")
            return
        }
        #expect(hint.contains("Slack"))
    }

    /// That it is the first proves nothing and opens nothing: the secret vouches for the whole body, whoever can
    /// write a key can write the other one, and nobody else reads the body and decides anything by it.
    @Test func `Of a key that comes twice the first one counts`() throws {
        let pull = #""type":"PULL_ARTIFACT""#
        let push = #""type":"PUSH_ARTIFACT""#
        let data = #""event_data":{"resources":[{"resource_url":"r.example.com/a/b:1","tag":"1"}]}"#
        guard case .refresh = try verdict("{\(push),\(pull),\(data)}") else {
            Issue.record("the second one counts")
            return
        }
        guard case .acknowledge("PULL_ARTIFACT", _) = try verdict("{\(pull),\(push),\(data)}") else {
            Issue.record("the second one counts")
            return
        }
    }
}
