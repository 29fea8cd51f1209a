// SPDX-License-Identifier: Apache-2.0

import Handlers
import TestSupport
import Testing

@testable import Config

/// A Secret with a second value, while senders change from it to the first.
@Suite struct PreviousSecretTests {
    private func manifests(_ data: String, status: String = "") -> String {
        """
        apiVersion: kargo.akuity.io/v1alpha1
        kind: ProjectConfig
        metadata: { name: p, namespace: p }
        spec: { webhookReceivers: [{ name: a, harbor: { secretRef: { name: s } } }] }
        \(status)
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: s, namespace: p }
        \(data)
        """
    }

    private func path(_ secret: String, of name: String = "a") throws -> String {
        Receiver(
            baseURL: try BaseURL("https://hooks.example.com/webhooks"),
            project: "p",
            name: name,
            provider: .harbor,
            secret: try #require(Secret(Array(secret.utf8)))
        ).path
    }

    @Test func `The receiver answers on both URLs, and each is known for what it is`() throws {
        let result = try load(manifests("stringData: { auth-header: new, auth-header-previous: old }"))
        #expect(result.problems.isEmpty)
        let receiver = try #require(result.snapshot.receivers.first)
        #expect(receiver.secret.age(of: "old", previous: receiver.previousSecret) == .previous)
        #expect(receiver.path == (try path("new")))
        #expect(receiver.previousPath == (try path("old")))
        #expect(receiver.previousURL == "https://hooks.example.com\(try path("old"))")
        #expect(receiver.paths == [try path("new"), try path("old")])
        #expect(result.snapshot.endpoint(at: try path("new"))?.isPrevious == false)
        #expect(result.snapshot.endpoint(at: try path("old"))?.isPrevious == true)
    }

    @Test func `Another provider's key is none of its business`() throws {
        let result = try load(manifests("stringData: { auth-header: new, secret-previous: old }"))
        #expect(result.problems.isEmpty)
        #expect(result.snapshot.receivers.first?.previousSecret == nil)
        #expect(
            Provider.allCases.map(\.handler.previousSecretKey) == [
                "auth-header-previous", "secret-previous", "secret-previous", "webhook-secret-previous",
            ]
        )
    }

    @Test(arguments: [
        (
            "auth-header-previous: new",
            "warning: the value of 'auth-header-previous' in Secret p/s is that of 'auth-header': remove it, or give it the value that senders still have"
        ),
        (
            #"auth-header-previous: """#,
            "warning: stringData.auth-header-previous is empty: remove it, or give it a value"
        ),
        (
            #"auth-header-previous: "old\n""#,
            "warning: the value of 'auth-header-previous' in Secret p/s ends with a newline, so no header can ever equal it: encode it without one, as in printf %s 'value' | base64"
        ),
        (
            "auth-header-previous: 7",
            "stringData.auth-header-previous must be text, but is a number: put it in quotes"
        ),
    ])
    func `One that is of no use is a problem, and costs nothing`(_ line: String, _ problem: String) throws {
        let folder = try TemporaryFolder(["m.yaml": manifests("stringData: { auth-header: new, \(line) }")])
        let result = try load(folder)
        #expect(result.messages(in: folder).map { $0.replacing("m.yaml:10: ", with: "") } == [problem])
        #expect(result.snapshot.receiver(at: try path("new"))?.name == "a")
    }

    @Test func `Alone it opens no door`() throws {
        let result = try load(manifests("stringData: { auth-header-previous: old }"))
        #expect(result.snapshot.receivers.isEmpty)
        #expect(result.problems.map(\.severity) == [.error])
    }

    @Test func `In a status that Kargo has not written anew, it is the previous one`() throws {
        let status = "status: { webhookReceivers: [{ name: a, path: \(try path("old")) }] }"
        let result = try load(
            manifests("stringData: { auth-header: new, auth-header-previous: old }", status: status)
        )
        #expect(result.problems.isEmpty)
        #expect(result.snapshot.receivers.first?.kargoPaths == [])
        #expect(result.snapshot.endpoint(at: try path("old"))?.isPrevious == true)
    }

    /// The hash is over names and secret without anything in between.
    @Test(arguments: [("auth-header: c", true), ("auth-header: x, auth-header-previous: c", false)])
    func `A previous path that another receiver has is nobody's previous path`(
        _ other: String,
        _ isOwn: Bool
    ) throws {
        let result = try load(
            manifests("stringData: { auth-header: new, auth-header-previous: bc }")
                .replacing(
                    "[{ name: a,",
                    with: "[{ name: ab, harbor: { secretRef: { name: t } } }, { name: a,"
                )
                    + """

                    ---
                    apiVersion: v1
                    kind: Secret
                    metadata: { name: t, namespace: p }
                    stringData: { \(other) }
                    """
        )
        let shared = try path("bc")
        #expect(shared == (try path("c", of: "ab")))
        #expect(result.receiverNames == ["p/a", "p/ab"])
        #expect(result.snapshot.receivers.map(\.previousPath) == [nil, nil])
        #expect(result.snapshot.receiver(at: shared)?.name == (isOwn ? "ab" : nil))
        #expect(result.problems.map(\.severity) == (isOwn ? [.warning] : [.warning, .warning]))
        #expect(
            result.problems.allSatisfy { $0.message.contains("has a previous URL that another one has too") }
        )
    }
}
