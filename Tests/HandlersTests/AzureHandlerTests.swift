// SPDX-License-Identifier: Apache-2.0

import Handlers
import Subscriptions
import Testing

@Suite struct AzureHandlerTests {
    private func verdict(_ body: [UInt8], userAgent: String? = nil) throws -> Verdict {
        let headers = Headers(userAgent.map { [("User-Agent", $0)] } ?? [])
        return Provider.azure.handler.verdict(
            on: Delivery(headers: headers, body: body),
            secret: try secret()
        )
    }

    @Test(arguments: [
        (
            "acr-push", "push", "myregistry.azurecr.io/team-a/api", [RepositoryKind.image],
            Event.Qualifiers.tags(["1.4.2"])
        ),
        ("acr-push-digest", "push", "myregistry.azurecr.io/team-a/api", [.image, .chart], .untagged),
        ("acr-push-chart", "push", "myregistry.azurecr.io/charts/wordpress", [.chart], .tags(["5.4.0"])),
        ("acr-chart-push", "chart_push", "myregistry.azurecr.io/charts", [.chart], .tags(["5.4.0"])),
    ])
    func `A push to Container Registry names the repository by its media type`(
        _ name: String,
        _ event: String,
        _ repository: String,
        _ kinds: [RepositoryKind],
        _ qualifiers: Event.Qualifiers
    ) throws {
        let push = Event.Push(repository: repository, kinds: kinds, qualifiers: qualifiers)
        #expect(
            try verdict(fixture("azure/\(name)")).withoutIdentity
                == .refresh(Event(name: event, pushes: [push]))
        )
    }

    @Test(arguments: [
        (
            "devops-push", "https://example@dev.azure.com/example/My%20Project/_git/guestbook",
            ["refs/heads/main"]
        ),
        ("devops-push-tag", "https://example.visualstudio.com/project/_git/guestbook", ["refs/tags/v1"]),
        (
            "devops-push-delete-and-update",
            "https://example@dev.azure.com/example/My%20Project/_git/guestbook",
            ["refs/heads/main"]
        ),
    ])
    func `A push to DevOps names the refs that are still there`(
        _ name: String,
        _ repository: String,
        _ qualifiers: [String]
    ) throws {
        let push = Event.Push(repository: repository, kinds: [.git], qualifiers: .refs(qualifiers))
        #expect(
            try verdict(fixture("azure/\(name)")).withoutIdentity
                == .refresh(Event(name: "git.push", pushes: [push]))
        )
    }

    @Test func `A ping is answered as Kargo answers it`() throws {
        let message = "ping event received, webhook is configured correctly"
        #expect(try verdict(fixture("azure/acr-ping")) == .acknowledge(event: "ping", message: message))
    }

    @Test(arguments: [
        ("acr-delete", "delete"), ("acr-chart-delete", "chart_delete"), ("acr-quarantine", "quarantine"),
        ("devops-push-delete-branch", "git.push"), ("devops-pull-request-merged", "git.pullrequest.merged"),
        ("devops-build-complete", "build.complete"),
    ])
    func `What does not add anything is acknowledged`(_ name: String, _ event: String) throws {
        guard case .acknowledge(event, let message) = try verdict(fixture("azure/\(name)")) else {
            Issue.record("not acknowledged as \(event)")
            return
        }
        #expect(message.hasPrefix("ignored \(event): "))
    }

    @Test(arguments: [
        (#"{"id":7,"action":"delete","target":[],"request":""}"#, "delete"),
        (#"{"action":"quarantine","target":{"tag":{}},"request":{"host":1}}"#, "quarantine"),
        (#"{"action":"replicate","target":null,"request":null}"#, "replicate"),
        (#"{"action":"ping","id":7,"target":"","request":[]}"#, "ping"),
        (#"{"id":{},"eventType":"build.complete","resource":"none"}"#, "build.complete"),
        (#"{"eventType":"git.pullrequest.merged","resource":[],"action":{}}"#, "git.pullrequest.merged"),
        (#"{"eventType":"git.branch.created","resource":{"refUpdates":{}}}"#, "git.branch.created"),
    ])
    func `The shape of what is ignored does not matter`(_ body: String, _ event: String) throws {
        guard case .acknowledge(event, _) = try verdict(Array(body.utf8)) else {
            Issue.record("not acknowledged as \(event)")
            return
        }
    }

    @Test(
        arguments: [
            (#"[{"name":"refs/heads/a"},{"newObjectId":"1f"}]"#, .refs(["refs/heads/a"])),
            (#"[{"newObjectId":"1f"},{"name":""},{"name":"refs/heads/a"}]"#, .refs(["refs/heads/a"])),
            (#"[{"newObjectId":"1f"}]"#, .unknown),
            (#"[{"name":"refs/heads/a","newObjectId":"00"},{"newObjectId":"1f"}]"#, .unknown),
            ("[{}]", .unknown),
            ("[]", .unknown),
            ("null", .unknown),
        ] as [(String, Event.Qualifiers)]
    )
    func `A push whose refs have no name wakes everyone`(
        _ updates: String,
        _ qualifiers: Event.Qualifiers
    ) throws {
        let repository = #"{"remoteUrl":"https://dev.azure.com/a/b/_git/c"}"#
        let body =
            #"{"eventType":"git.push","resource":{"repository":\#(repository),"refUpdates":\#(updates)}}"#
        let push = Event.Push(
            repository: "https://dev.azure.com/a/b/_git/c",
            kinds: [.git],
            qualifiers: qualifiers
        )
        #expect(try verdict(Array(body.utf8)) == .refresh(Event(name: "git.push", pushes: [push])))
    }

    @Test(arguments: [nil, "AzureContainerRegistry/1.0", "VSServices/18.0", "curl/8"] as [String?])
    func `The body decides, whatever the User-Agent says`(_ userAgent: String?) throws {
        let container = try fixture("azure/acr-push")
        let devops = try fixture("azure/devops-push")
        #expect(try verdict(container, userAgent: userAgent) == verdict(container))
        #expect(try verdict(devops, userAgent: userAgent) == verdict(devops))
    }

    @Test(arguments: [
        "{}", #"{"action":"push"}"#, #"{"action":"push","target":{}}"#, #"{"eventType":"git.push"}"#,
        #"{"type":"PUSH_ARTIFACT","event_data":{}}"#, #"{"target":{},"request":{}}"#,
    ])
    func `JSON of neither service is refused`(_ body: String) throws {
        #expect(try verdict(Array(body.utf8)) == .reject(.unsupportedService))
    }

    @Test(arguments: [
        #"{"action":"push","target":{"repository":"a"},"request":{}}"#,
        #"{"action":"push","target":{},"request":{"host":"r.azurecr.io"}}"#,
        #"{"eventType":"git.push","resource":{}}"#,
        #"{"eventType":"git.push","resource":{"repository":{"remoteUrl":""}}}"#,
    ])
    func `A push that does not say where is refused`(_ body: String) throws {
        #expect(try verdict(Array(body.utf8)) == .reject(.invalidBody()))
    }
}
