// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// Manifests that change while they are served, without a signal.
    @Suite struct ChangeTests {
        private let refreshed = #"{"msg":"refreshed 1 warehouse(s)"}"#

        @Test func `A Warehouse that was added is refreshed`() throws {
            try Site.with { site in
                let push = Payload.harborPush(of: "registry.example.com/new")
                expectNobodyRefreshed(try site.deliver(push))
                let manifest = Manifests.warehouse("new", image: "registry.example.com/new")
                try site.folder.write(manifest, to: "manifests/team/new.yaml")
                try eventually("it is refreshed: \(site.log)") { try site.deliver(push).body == refreshed }
                #expect(site.log.count(of: "the manifests have changed") == 1)
                #expect(site.log.contains("warehouses=9"))
            }
        }

        @Test func `All that has changed in a moment is read once`() throws {
            try Site.with { site in
                for number in 0..<50 {
                    let manifest = Manifests.warehouse("new-\(number)", image: "registry.example.com/new")
                    try site.folder.write(manifest, to: "manifests/new-\(number).yaml")
                }
                try eventually("all of them are refreshed: \(site.log)") {
                    // Each time another one, or it would be a duplicate.
                    try site.deliver(Payload.harborPush(of: "registry.example.com/new")).body
                        == #"{"msg":"refreshed 50 warehouse(s)"}"#
                }
                // One for all; a machine that stops in the middle of it makes more, and never fifty.
                #expect(site.log.count(of: "the manifests have changed") < 10)
            }
        }

        @Test func `A mounted ConfigMap or Secret that Kubernetes replaces is read`() throws {
            // A folder of links as the kubelet makes it, in place of the manifests.
            let folder = try TemporaryFolder()
            for (name, text) in Manifests.sample {
                try folder.write(text, to: "..1/\(name)")
                try folder.link(name, to: "..data/\(name)")
            }
            try folder.link("..data", to: "..1")
            try Site.with(Setup(source: folder.path)) { site in
                let push = Payload.harborPush(of: "registry.example.com/new")
                expectNobodyRefreshed(try site.deliver(push))
                for (name, text) in Manifests.sample { try folder.write(text, to: "..2/\(name)") }
                let manifest = Manifests.warehouse("new", image: "registry.example.com/new")
                try folder.write(manifest, to: "..2/warehouses.yaml")
                try folder.link("..data_tmp", to: "..2")
                #expect(unsafe rename("\(folder.path)/..data_tmp", "\(folder.path)/..data") == 0)
                try FileManager.default.removeItem(atPath: "\(folder.path)/..1")
                try eventually("it is refreshed: \(site.log)") { try site.deliver(push).body == refreshed }
                #expect(!site.log.contains("cannot be read"))
            }
        }

        @Test func `A manifest that does not parse changes nothing until it is mended`() throws {
            try Site.with { site in
                let manifest = Manifests.warehouse("new", image: "registry.example.com/new")
                try site.folder.write("kind: Warehouse\n  metadata: [\n", to: "manifests/new.yaml")
                let advice =
                    "the folder of manifests cannot be read, everything goes on with what was read last"
                try eventually("the log says so: \(site.log)") { site.log.contains(advice) }
                #expect(site.log.contains("manifests/new.yaml:2: "))
                #expect(try site.health().body.contains(advice))
                expect(try site.deliver(), 200, refreshed)
                try site.folder.write(manifest, to: "manifests/new.yaml")
                let push = Payload.harborPush(of: "registry.example.com/new")
                try eventually("it is refreshed: \(site.log)") { try site.deliver(push).body == refreshed }
                #expect(site.log.contains("the folder of manifests can be read again"))
                #expect(try site.health().body == #"{"status":"ready","problems":[]}"# + "\n")
            }
        }

        @Test func `After a SIGHUP changes are noticed as before`() throws {
            try Site.with { site in
                for number in 1...3 {
                    site.responder.signal(SIGHUP)
                    try eventually("it is reloaded") { site.log.count(of: " reloaded") == number }
                    let image = "registry.example.com/new-\(number)"
                    try site.folder.write(
                        Manifests.warehouse("new-\(number)", image: image),
                        to: "manifests/\(number)/new.yaml"
                    )
                    let push = Payload.harborPush(of: image)
                    try eventually("it is refreshed: \(site.log)") {
                        try site.deliver(push).body == refreshed
                    }
                }
            }
        }

        @Test func `Manifests in another folder are followed after a reload, and the ones before no longer`()
            throws
        {
            try Site.with { site in
                for (name, text) in Manifests.sample { try site.folder.write(text, to: "others/\(name)") }
                try site.folder.write(Setup(source: "others").config, to: "config.yaml")
                site.responder.signal(SIGHUP)
                try eventually("it is reloaded") { site.log.contains(" reloaded") }
                try site.folder.write("a: b: c", to: "manifests/broken.yaml")
                let manifest = Manifests.warehouse("new", image: "registry.example.com/new")
                try site.folder.write(manifest, to: "others/new.yaml")
                let push = Payload.harborPush(of: "registry.example.com/new")
                try eventually("it is refreshed: \(site.log)") { try site.deliver(push).body == refreshed }
                #expect(!site.log.contains("broken.yaml"))
            }
        }
    }
}
