// SPDX-License-Identifier: Apache-2.0

import Catalogue
import HTTP
import Handlers
import TestSupport
import Testing

@testable import Config

@Suite struct CatalogueReceiverTests {
    private static let secrets = """
        apiVersion: v1
        kind: Secret
        metadata: { name: webhook, namespace: p }
        stringData: { webhook-secret: new, webhook-secret-previous: old }
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: harbor, namespace: p }
        stringData: { username: robot, password: hunter2 }
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: port, namespace: p }
        stringData: { client-id: client, client-secret: hunter3 }
        """

    private static let port = "sink: { port: { url: https://api.port.io, credentialsRef: { name: port } } }"
    private static let harbor =
        "harbor: { url: https://harbor.example.com, credentialsRef: { name: harbor } }"
    private static let resource = """
        { kind: artifact, selector: { query: "true" }, port: { entity: { mappings: { identifier: .digest, blueprint: '"x"' } } } }
        """

    private func folder(_ spec: String..., secrets: String = Self.secrets) throws -> TemporaryFolder {
        let folder = try TemporaryFolder([
            "m.yaml": """
            apiVersion: webhook-fcgi.dev/v1alpha1
            kind: CatalogueReceiver
            metadata: { name: portal, namespace: p }
            spec:
            \(spec.map { "  \($0)" }.joined(separator: "\n"))
            """,
            "s.yaml": secrets,
        ])
        // Whoever else can read a Secret is another test's affair.
        _ = try Command(["chmod", "o-r", "\(folder.path)/s.yaml"]).succeeded()
        return folder
    }

    @Test func `A receiver is what its manifest and its Secrets say`() throws {
        let folder = try folder("secretRef: { name: webhook }", Self.harbor, Self.port)
        let result = try load(folder)
        #expect(result.messages(in: folder) == [])
        #expect(result.snapshot.unusable == [] && result.snapshot.hasCatalogues)
        let receiver = try #require(result.snapshot.receivers.first)
        #expect(receiver.provider == .catalogue && receiver.project == "p" && receiver.name == "portal")
        #expect(receiver.path.hasPrefix("/webhooks/catalogue/") && receiver.previousPath != nil)
        #expect(receiver.secret.matches("new") && receiver.previousSecret?.matches("old") == true)
        let catalogue = try #require(receiver.catalogue)
        #expect(
            "\(catalogue.harbor.url)" == "https://harbor.example.com/" && catalogue.harbor.username == "robot"
        )
        #expect(catalogue.harbor.password.matches("hunter2") && catalogue.harbor.maxConcurrent == 4)
        guard case .port(let url, let client, let secret) = catalogue.sink else {
            Issue.record("\(catalogue.sink)")
            return
        }
        #expect("\(url)" == "https://api.port.io/" && client.matches("client") && secret.matches("hunter3"))
        #expect(catalogue.mapping.definition == .standard)
    }

    @Test func `Mappings that are equal are one, also when they are read again`() throws {
        let folder = try folder("secretRef: { name: webhook }", Self.harbor, Self.port)
        let text = folder.read("m.yaml")
        try folder.write(text.replacing("name: portal", with: "name: other"), to: "n.yaml")
        let first = try load(folder).snapshot.receivers.compactMap { $0.catalogue?.mapping }
        #expect(first.count == 2 && first[0] === first[1])
        let other = "\(text)\n  mapping: { resources: [ \(Self.resource) ] }"
        try folder.write(other.replacing("name: portal", with: "name: other"), to: "n.yaml")
        let second = try load(folder).snapshot.receivers.compactMap { $0.catalogue?.mapping }
        #expect(second.count == 2 && second.count { $0 === first[0] } == 1)
    }

    @Test func `Files are beside the manifest, and a mapping among manifests is none`() throws {
        let folder = try folder(
            "secretRef: { name: webhook }",
            "harbor: { url: 'http://127.0.0.1:8080/x', credentialsRef: { name: harbor }, maxConcurrent: 32, caFile: ca.pem }",
            "mapping: { file: ./portal-mapping.yaml }",
            "sink: { file: { directory: out } }"
        )
        try folder.write("resources: [ \(Self.resource) ]", to: "portal-mapping.yaml")
        let result = try load(folder)
        #expect(result.messages(in: folder) == [])
        let catalogue = try #require(result.snapshot.receivers.first?.catalogue)
        #expect(catalogue.harbor.maxConcurrent == 32 && catalogue.harbor.caFile == "\(folder.path)/ca.pem")
        guard case .folder("\(folder.path)/out") = catalogue.sink else {
            Issue.record("\(catalogue.sink)")
            return
        }
        #expect(catalogue.mapping.definition.resources.map(\.identifier) == [".digest"])
    }

    @Test(arguments: [
        (#""mapping":{"file":"/etc/shadow"}"#, "spec.mapping.file is for manifests in a folder"),
        (#""sink":{"file":{"directory":"/etc"}}"#, "spec.sink.file is for manifests in a folder"),
        (#""harbor":{"caFile":"ca.pem"}"#, "spec.harbor.caFile must be an absolute path"),
    ])
    func `What comes from a cluster neither reads files that are not its own nor writes any`(
        _ member: String,
        _ message: String
    ) throws {
        let json = #"{"spec":{"secretRef":{"name":"webhook"},\#(member)}}"#
        let document = try #require(
            YAMLFile.root(ofJSON: Array(json.utf8), called: "CatalogueReceiver p/portal")
        )
        var problems: [Problem] = []
        let receiver = ReceiverManifest(
            catalogue: ObjectName(kind: .catalogueReceiver, namespace: "p", name: "portal"),
            document,
            &problems
        )
        #expect(receiver?.catalogue == nil)
        let start = "CatalogueReceiver p/portal: \(message)"
        #expect(problems.contains { "\($0)".hasPrefix(start) }, "\(problems)")
    }

    @Test func `It is another configuration when anything of it is another`() throws {
        func catalogue(_ spec: String..., secrets: String = Self.secrets) throws -> CatalogueConfiguration {
            let spec = ["secretRef: { name: webhook }"] + spec
            let folder = try folder(spec.joined(separator: "\n  "), secrets: secrets)
            return try #require(try load(folder).snapshot.receivers.first?.catalogue)
        }
        let first = try catalogue(Self.harbor, Self.port)
        #expect(try first == catalogue(Self.harbor, Self.port))
        #expect(try first.fingerprint == catalogue(Self.harbor, Self.port).fingerprint)
        let others = [
            try catalogue(Self.harbor, Self.port, "mapping: { resources: [ \(Self.resource) ] }"),
            try catalogue(Self.harbor.replacing("example.com", with: "example.org"), Self.port),
            try catalogue(Self.harbor.replacing("} }", with: "}, maxConcurrent: 5 }"), Self.port),
            try catalogue(Self.harbor.replacing("} }", with: "}, caFile: /ca.pem }"), Self.port),
            try catalogue(Self.harbor, Self.port.replacing("api.port", with: "api.us.port")),
            try catalogue(Self.harbor, "sink: { file: { directory: /srv/x } }"),
            try catalogue(Self.harbor, "sink: { file: { directory: /srv/y } }"),
            try catalogue(Self.harbor, Self.port, secrets: Self.secrets.replacing("robot", with: "other")),
            try catalogue(
                Self.harbor,
                Self.port,
                secrets: Self.secrets.replacing("hunter2", with: "hunter4")
            ),
            try catalogue(
                Self.harbor,
                Self.port,
                secrets: Self.secrets.replacing("hunter3", with: "hunter4")
            ),
            try catalogue(
                Self.harbor,
                Self.port,
                secrets: Self.secrets.replacing(": client,", with: ": other,")
            ),
        ]
        for (index, other) in ([first] + others).enumerated() {
            for earlier in ([first] + others).prefix(index) {
                #expect(earlier != other && earlier.fingerprint != other.fingerprint, "\(index)")
            }
        }
        // What senders prove themselves with is no part of it.
        #expect(
            try first
                == catalogue(Self.harbor, Self.port, secrets: Self.secrets.replacing(": new", with: ": x"))
        )
    }

    /// What is wrong, and at which line of which file, where deliveries are taken all the same.
    private static let mistakes: [(spec: [String], problem: String)] = [
        (["secretRef: { name: webhook }", harbor], "m.yaml:5: spec.sink is missing: add it"),
        (["secretRef: { name: webhook }", port], "m.yaml:5: spec.harbor is missing: add it"),
        (
            ["secretRef: { name: webhook }", harbor, port, "maping: { resources: [] }"],
            "m.yaml:8: unknown key 'maping' in 'spec': did you mean 'mapping'?"
        ),
        (
            [
                "secretRef: { name: webhook }", port,
                "harbor: { url: https://h, credentialRef: { name: harbor } }",
            ],
            "m.yaml:7: unknown key 'credentialRef' in 'spec.harbor': did you mean 'credentialsRef'?"
        ),
        (
            [
                "secretRef: { name: webhook }", port,
                "harbor: { url: harbor, credentialsRef: { name: harbor } }",
            ],
            "m.yaml:7: spec.harbor.url: the URL is not absolute: write https://HOST[:PORT][/PATH]"
        ),
        (
            [
                "secretRef: { name: webhook }", port,
                "harbor: { url: https://h, credentialsRef: { name: harbor }, maxConcurrent: 33 }",
            ], "m.yaml:7: spec.harbor.maxConcurrent must be a whole number from 1 to 32"
        ),
        (
            [
                "secretRef: { name: webhook }", harbor,
                "sink: { port: { url: https://p }, file: { directory: x } }",
            ],
            "m.yaml:7: spec.sink has both port and file: keep one"
        ),
        (
            ["secretRef: { name: webhook }", harbor, "sink: {}"],
            "m.yaml:7: spec.sink is empty: add port or file"
        ),
        (
            ["secretRef: { name: webhook }", harbor, port, "mapping:", "  resources:", "  - kind: artefact"],
            "m.yaml:10: the mapping's resources[0]"
        ),
        (
            [
                "secretRef: { name: webhook }", harbor, port, "mapping:", "  resources:",
                "  - " + resource.replacing(".digest", with: "'.digest |'"),
            ], "m.yaml:10: the mapping's resources[0].port.entity.mappings.identifier"
        ),
        (
            ["secretRef: { name: webhook }", harbor, port, "mapping: { file: none.yaml }"],
            "none.yaml: cannot be read: No such file"
        ),
        (
            ["secretRef: { name: webhook }", harbor.replacing("name: harbor", with: "name: other"), port],
            "m.yaml:6: the catalogue of receiver 'portal' of project 'p' waits, because its Secret p/other is not there: add it"
        ),
        (
            ["secretRef: { name: webhook }", harbor, port.replacing("name: port", with: "name: harbor")],
            "s.yaml:6: Secret p/harbor has no key 'client-id': add it, the catalogue of receiver 'portal' of project 'p' waits until then"
        ),
    ]

    /// The same, where it is not known who may deliver.
    private static let mistakesOfSecrets: [(spec: [String], problem: String)] = [
        ([harbor, port], "m.yaml:5: spec.secretRef is missing: add it"),
        (
            ["secretRef: { name: webhook, key: x }", harbor, port],
            "m.yaml:5: unknown key 'key' in 'spec.secretRef': known here: name"
        ),
        (
            ["secretRef: { name: other }", harbor, port],
            "m.yaml:5: receiver 'portal' of project 'p' is left out, because its Secret p/other is not there: add it"
        ),
        (
            ["secretRef: { name: port }", harbor, port],
            "s.yaml:11: Secret p/port has no key 'webhook-secret': add it, receiver 'portal' of project 'p' is left out until then"
        ),
    ]

    @Test(arguments: mistakes)
    func `One whose catalogue is not sound takes deliveries, and says why they wait`(
        _ spec: [String],
        _ problem: String
    ) throws {
        let folder = try folder(spec.joined(separator: "\n  "))
        let result = try load(folder)
        let messages = result.messages(in: folder)
        #expect(messages.contains { $0.hasPrefix(problem) }, "\(messages)")
        let receiver = try #require(result.snapshot.receivers.first)
        #expect(receiver.path.hasPrefix("/webhooks/catalogue/") && receiver.secret.matches("new"))
        #expect(receiver.provider == .catalogue && receiver.catalogue == nil)
        let obstacle = try #require(receiver.obstacle)
        #expect(obstacle.severity == .error && result.problems.contains(obstacle))
        #expect(result.snapshot.obstructed.map(\.title) == ["p/portal"])
        #expect(result.snapshot.hasCatalogues && result.snapshot.unusable == [])
        #expect(!messages.joined().contains("hunter"))
    }

    @Test(arguments: mistakesOfSecrets)
    func `One without a sound secret is left out, with the reason`(_ spec: [String], _ problem: String) throws
    {
        let folder = try folder(spec.joined(separator: "\n  "))
        let result = try load(folder)
        let messages = result.messages(in: folder)
        #expect(messages.contains { $0.hasPrefix(problem) }, "\(messages)")
        #expect(result.snapshot.receivers.isEmpty && result.snapshot.obstructed.isEmpty)
        // What waits for it goes on waiting.
        #expect(result.snapshot.unusable == ["p/portal"])
        #expect(!messages.joined().contains("hunter"))
    }

    @Test func `While something cannot be read nobody knows which receivers there are`() throws {
        let folder = try folder("secretRef: { name: webhook }", Self.harbor, Self.port)
        #expect(try load(folder).snapshot.unusable == [])
        try folder.write("kind: [", to: "m.yaml")
        let result = try load(folder)
        // So that nothing is given up that waits for one of them.
        #expect(!result.isComplete && result.snapshot.receivers.isEmpty && result.snapshot.unusable == nil)
    }

    @Test func `An empty secret opens no door`() throws {
        let secrets = Self.secrets.replacing("webhook-secret: new", with: "webhook-secret: ''")
        let folder = try folder("secretRef: { name: webhook }", Self.harbor, Self.port, secrets: secrets)
        let result = try load(folder)
        #expect(result.snapshot.receivers.isEmpty)
        #expect(
            result.messages(in: folder).contains { $0.contains("webhook-secret is empty: give it a value") }
        )
    }

    @Test(arguments: [
        ("http://harbor.example.com", true), ("http://127.0.0.1:1", false), ("http://localhost", false),
        ("http://[::1]:1", false), ("http://127.example.com", true), ("https://harbor.example.com", false),
    ])
    func `Credentials in the clear are a warning, but on this machine`(_ url: String, _ isWarned: Bool) throws
    {
        let folder = try folder(
            "secretRef: { name: webhook }",
            "harbor: { url: '\(url)', credentialsRef: { name: harbor } }",
            Self.port
        )
        let result = try load(folder)
        let warning = "m.yaml:6: warning: spec.harbor.url is not https: the credentials go there in the clear"
        #expect(result.messages(in: folder) == (isWarned ? [warning] : []))
        #expect(result.snapshot.receivers.count == 1)
    }

    @Test func `It cannot have the name of one of Kargo's receivers`() throws {
        let folder = try folder("secretRef: { name: webhook }", Self.harbor, Self.port)
        try folder.write(
            """
            apiVersion: kargo.akuity.io/v1alpha1
            kind: ProjectConfig
            metadata: { name: p, namespace: p }
            spec: { webhookReceivers: [{ name: portal, harbor: { secretRef: { name: h } } }] }
            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: h, namespace: p }
            stringData: { auth-header: x }
            """,
            to: "k.yaml"
        )
        _ = try Command(["chmod", "o-r", "\(folder.path)/k.yaml"]).succeeded()
        let result = try load(folder)
        #expect(result.snapshot.receivers.map(\.provider) == [.harbor])
        #expect(
            result.messages(in: folder) == [
                "m.yaml:1: CatalogueReceiver 'portal' has the name of the receiver at k.yaml:4: it is left out, give it another"
            ]
        )
    }

    @Test func `Another version of it is skipped, with a warning`() throws {
        let folder = try folder("secretRef: { name: webhook }", Self.harbor, Self.port)
        try folder.write(folder.read("m.yaml").replacing("v1alpha1", with: "v2"), to: "m.yaml")
        let result = try load(folder)
        #expect(result.snapshot.receivers.isEmpty)
        #expect(result.messages(in: folder).contains { $0.contains("only as webhook-fcgi.dev/v1alpha1") })
    }

    @Test func `A project's manifest cannot ask for one`() throws {
        let folder = try TemporaryFolder([
            "m.yaml": """
            apiVersion: kargo.akuity.io/v1alpha1
            kind: ProjectConfig
            metadata: { name: p, namespace: p }
            spec: { webhookReceivers: [{ name: portal, catalogue: { secretRef: { name: h } } }] }
            """
        ])
        #expect(
            try load(folder).messages(in: folder).contains { $0.contains("has an unknown type 'catalogue'") }
        )
    }
}
