// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// What a catalogue shows in the end, whoever does not answer meanwhile, and whatever is killed.
    @Suite struct CatalogueTroubleTests: CatalogueSamples {
        @Test func `While Harbor does not answer nothing is lost, and Warehouses do not wait`() async throws {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.hold()
                // This one is confirmed, as soon as Harbor has answered.
                let first = try catalogue.site.nginx.connect()
                let event = Payload.harborEvent("PUSH_ARTIFACT", Self.repository, Self.digest(1))
                try first.send(try catalogue.site.request(to: "portal", event))
                try await waitUntil("Harbor is asked") { catalogue.harbor.underWay.now > 0 }
                for number in 1...5 {
                    expect(
                        try catalogue.push(number),
                        202,
                        #"{"msg":"accepted update of 2 catalogue object(s)"}"#
                    )
                    expect(try catalogue.site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                }
                #expect(catalogue.entities() == [])
                #expect(
                    try catalogue.pending().contains { $0.target == "kargo-demo/portal/\(Self.repository)" }
                )
                catalogue.harbor.release()
                try await waitUntil("everything is shown: \(catalogue.entities())") {
                    catalogue.entities().count == 6
                }
                expect(try first.receive(), 200, #"{"msg":"updated 2 catalogue object(s)"}"#)
            }
        }

        @Test func `Receivers whose Harbor does not answer leave room for the others`() async throws {
            try await CatalogueSite.with(.folder, Setup(confirmTimeout: "0ms")) { catalogue in
                let silent = try await HarborServer()
                silent.hold()
                let names = (0..<12).map { "silent-\($0)" }
                for name in names {
                    let text = CatalogueSite.manifest(silent, catalogue.port, .folder)
                    let receiver = text.prefix(upTo: try #require(text.firstRange(of: "---")?.lowerBound))
                    try catalogue.site.folder.write(
                        String(receiver).replacing("name: portal,", with: "name: \(name),"),
                        to: "manifests/\(name).yaml"
                    )
                }
                let event = Payload.harborEvent("PUSH_ARTIFACT", Self.repository)
                for name in names {
                    try await waitUntil("'\(name)' takes deliveries") {
                        let rows = try catalogue.site.currentReceivers()
                        guard rows.contains(where: { $0.name == name }) else { return false }
                        let request = try catalogue.site.request(to: name, secret: Secrets.portal, event)
                        return try catalogue.site.nginx.exchange(request).status == 202
                    }
                }
                catalogue.harbor.push(Self.repository)
                expect(try catalogue.deliver(event), 202)
                try await waitUntil("the other one is shown") { !catalogue.entities().isEmpty }
                // Nor was anything put off for it.
                let pending = try catalogue.pending()
                #expect(pending.count == names.count && pending.allSatisfy { $0.lastError == nil })
                silent.release()
                try await waitUntil("nothing is pending") { try catalogue.pending().isEmpty }
                try await silent.stop()
            }
        }

        @Test func `While Harbor refuses nothing is lost`() async throws {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.push(Self.artifact)
                catalogue.harbor.fail(.reply(502), times: 3)
                let reply = try catalogue.deliver(try fixture("default-push-artifact"))
                #expect([200, 202].contains(reply.status))
                try await waitUntil("everything is shown: \(catalogue.entities())") {
                    catalogue.entities() == [Self.artifact, Self.repository]
                }
            }
        }

        @Test func `While Harbor wants to be left alone it is, for what comes meanwhile, too`() async throws {
            try await CatalogueSite.with { catalogue in
                let text = catalogue.site.folder.read("manifests/portal.yaml")
                let other = text.prefix(upTo: try #require(text.range(of: "---")).lowerBound)
                    .replacing("name: portal,", with: "name: other,")
                    .replacing("../catalogue", with: "../other")
                try catalogue.site.folder.write(String(other), to: "manifests/other.yaml")
                for number in 1...3 { catalogue.harbor.push("\(Self.repository)@\(Self.digest(number))") }
                let event = { Payload.harborEvent("SCANNING_COMPLETED", Self.repository, Self.digest($0)) }
                func name(_ number: Int) -> String { String(Self.digest(number).suffix(64)) }
                func tellOther(_ body: [UInt8]) throws -> Int {
                    let request = try catalogue.site.request(to: "other", secret: Secrets.portal, body)
                    return try catalogue.site.nginx.exchange(request).status
                }
                try await waitUntil("the other receiver is there") {
                    try tellOther(event(3)) == 200
                }
                catalogue.harbor.fail(.reply(429, "", "Retry-After: 200\r\n"), at: name(1), times: 100)
                expect(try catalogue.deliver(event(1)), 202)
                try await waitUntil("it is refused") {
                    try catalogue.pending().contains { $0.lastError != nil }
                }
                expect(try catalogue.deliver(event(2)), 202)
                // Others are served, and that only.
                for tag in 1...3 {
                    catalogue.harbor.push("\(Self.repository)@\(Self.digest(3))", tags: ["\(tag)"])
                    let event = Payload.harborEvent("PUSH_ARTIFACT", Self.repository, Self.digest(3))
                    #expect([200, 202].contains(try tellOther(event)))
                    try await waitUntil("the other one is served") {
                        try catalogue.pending().allSatisfy { $0.target.hasPrefix("kargo-demo/portal/") }
                    }
                }
                let paths = catalogue.harbor.calls.map(\.path)
                #expect(!paths.contains { $0.contains(name(2)) })
                #expect(paths.count { $0.contains(name(1)) } == 1)
                let waiting = try catalogue.pending()
                #expect(waiting.count == 2 && waiting.count { $0.lastError == nil } == 1)
            }
        }

        @Test func `While Port does not take anything nothing is lost, and it comes in bulk`() async throws {
            try await CatalogueSite.with(.port, Setup(confirmTimeout: "50ms")) { catalogue in
                let away = HTTPServer.Step.error(503, "unavailable", "later", "Retry-After: 1\r\n")
                catalogue.port.with { $0.answers = [away, away] }
                for number in 1...30 {
                    #expect([200, 202].contains(try catalogue.push(number).status))
                }
                try await waitUntil("everything is shown: \(catalogue.site.log)") {
                    catalogue.port.with { $0.entities["harborArtifact"]?.count } == 30
                }
                try await waitUntil("nothing is pending") { try catalogue.pending().isEmpty }
                #expect(catalogue.port.with { $0.mistakes } == [])
                #expect(
                    catalogue.port.with { $0.entities["harborRepository"]?.keys.sorted() } == [
                        Self.repository
                    ]
                )
                #expect(catalogue.port.with { $0.batches.count } < 30)
                catalogue.harbor.remove(Self.repository)
                try catalogue.deliver(Payload.harborEvent("DELETE_ARTIFACT", Self.repository, Self.digest(7)))
                try await waitUntil("what is gone is deleted") {
                    catalogue.port.with { port in
                        // With whatever depends on it.
                        port.entities["harborRepository"]?.count == 0
                            && port.entities["harborArtifact"]?.count == 0
                    }
                }
                try catalogue.assertNothingSecret()
            }
        }

        @Test func `While neither Harbor nor Port is there nothing is lost`() async throws {
            try await CatalogueSite.with(.port, Setup(confirmTimeout: "50ms")) { catalogue in
                catalogue.harbor.fail(.close, times: 6)
                catalogue.port.with {
                    $0.answers = [.close, .reply(502), .error(429, "busy", "later", "Retry-After: 1\r\n")]
                }
                for number in 1...5 {
                    expect(
                        try catalogue.push(number),
                        202,
                        #"{"msg":"accepted update of 2 catalogue object(s)"}"#
                    )
                }
                try await waitUntil("everything is shown: \(catalogue.site.log)") {
                    catalogue.port.with { $0.entities["harborArtifact"]?.count } == 5
                }
                try await waitUntil("nothing is pending") { try catalogue.pending().isEmpty }
                #expect(catalogue.port.with { $0.answers.isEmpty && $0.mistakes == [] })
            }
        }

        /// Either of two processes, one of which brings the catalogue up to date: while it waits for Harbor, or later.
        @Test(arguments: [0, 1], [true, false])
        func `What was accepted is shown although the process is killed in between`(
            _ process: Int,
            isWaiting: Bool
        ) async throws {
            try await CatalogueSite.with(.folder, Setup(start: .forks(2), confirmTimeout: "0ms")) {
                catalogue in
                catalogue.harbor.hold()
                for number in 1...50 {
                    expect(try catalogue.push(number), 202)
                }
                try await waitUntil("Harbor is asked") { catalogue.harbor.underWay.now > 0 }
                if isWaiting { kill(catalogue.site.responder.pids[process], SIGKILL) }
                catalogue.harbor.release()
                try await waitUntil("something is shown") { !catalogue.entities().isEmpty }
                if !isWaiting { kill(catalogue.site.responder.pids[process], SIGKILL) }
                try await waitUntil("everything is shown: \(catalogue.entities().count)") {
                    catalogue.entities().count == 51
                }
                catalogue.harbor.remove(Self.repository)
                for number in 1...50 {
                    try catalogue.deliver(
                        Payload.harborEvent("DELETE_ARTIFACT", Self.repository, Self.digest(number))
                    )
                }
                try await waitUntil("all of it is gone: \(catalogue.entities())") {
                    catalogue.entities() == []
                }
            }
        }
    }
}
