// SPDX-License-Identifier: Apache-2.0

import Outbox
import POSIX
import Subscriptions
import TestSupport
import Testing

@testable import Config
@testable import WebhookFCGI

@Suite(.threadsOfTheirOwn) struct MendedCatalogueTests {
    @Test(arguments: [true, false])
    func `What was put off because a catalogue could not be used is due once it can`(
        _ isTold: Bool
    ) async throws {
        let folder = try TemporaryFolder()
        let sound = TestSupport.Manifests.catalogue(
            harbor: "https://harbor.example.com",
            sink: "file: { directory: out }"
        )
        let broken = sound.replacing("password:", with: "passwort:")
        try folder.write(Setup().config, to: "config.yaml")
        try folder.write(broken, to: "manifests/portal.yaml")
        let settings = try Settings.load(file: "\(folder.path)/config.yaml", environment: [:]).settings
        let service = try Service(settings, log: try Log(settings.log)) { () throws(SettingsError) in
            (settings, [])
        }
        let titles = ["kargo-demo/portal", "kargo-demo/gone"]
        for name in ["portal", "gone"] {
            let target = Target(project: "kargo-demo", receiver: name, object: "a/b")
            _ = try service.outbox.request([target], at: .now())
        }
        for title in titles {
            let due = try service.outbox.dueObjects(of: title, at: .now() + .seconds(1), limit: 10)
            try service.outbox.record(due.map { ($0, .failed("why", after: .seconds(300))) }, at: .now())
        }
        func isDue(_ title: String) throws -> Bool {
            try !service.outbox.dueObjects(of: title, at: .now() + .seconds(100), limit: 10).isEmpty
        }
        #expect(try !isDue(titles[0]) && !isDue(titles[1]))
        try folder.write(sound, to: "manifests/portal.yaml")
        if isTold {
            let source = try #require(service.state.source as? any LiveSource)
            let snapshot = try await source.load().snapshot
            service.take(.changed(snapshot, problems: []), from: source, service.state.generation)
        } else {
            service.reload()
        }
        try await waitUntil("it is due", within: .seconds(20)) { try isDue(titles[0]) }
        #expect(try !isDue(titles[1]))
    }
}
