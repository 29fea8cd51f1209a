// SPDX-License-Identifier: Apache-2.0

import POSIX
import TestSupport
import Testing

extension RealServerTests {
    /// The API server is there and does not do what it is asked.
    @Suite struct RefusalTests {
        @Test func `A Warehouse that is gone is given up, and a later push tries anew`() async throws {
            let project = try await Project("refusal-gone", warehouses: 2)
            try await Site.with(project.setup(Setup(patchesCluster: true))) { site in
                try await project.server.delete(RealServerTests.path(project.name, "w-1"))
                try expectGivenUp(site, project, times: 1)
                try expectGivenUp(site, project, times: 2)
                let lines = site.log.split(separator: "\n").filter { $0.contains("cannot refresh") }
                #expect(lines.allSatisfy { $0.contains("\(project.name)/w-1") && $0.contains("attempt=1") })
                #expect(lines.allSatisfy { $0.contains("it does not exist") }, "\(lines)")
            }
        }

        private func expectGivenUp(_ site: Site, _ project: Project, times count: Int) throws {
            // Nobody is told that it was refreshed.
            expect(try site.nginx.exchange(try project.push(1)), 202)
            try eventually("it is logged: \(site.log)") {
                site.log.ranges(of: "cannot refresh").count == count
            }
            // The other one is tried after it.
            expect(try site.nginx.exchange(try project.push()), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
        }

        @Test func `A token that is not valid any more is replaced in its file, and refreshes go on`()
            async throws
        {
            let project = try await Project("refusal-token")
            try await Site.with(project.setup()) { site in
                try project.waitUntilServed(site)
                let token = try #require(try await project.token())
                try site.folder.write("a-token-of-yesterday", to: "token")
                // The program looks at the file after some seconds, and until then the old one is good.
                try eventually("the token is refused: \(site.log)") {
                    try site.nginx.exchange(try project.push()).status / 100 == 2
                        && site.log.contains("401")
                }
                let time = Timestamp.now()
                #expect(try site.nginx.exchange(try project.push()).status / 100 == 2)
                try site.folder.write(APIServer.Token.admin.rawValue, to: "token")
                try await project.waitUntilRefreshed(since: [max(time, token)])
                #expect(!site.log.contains("token-of"))
            }
        }

        @Test func `A token that was wrong at the start is replaced in its file, and the cluster is served`()
            async throws
        {
            let project = try await Project("refusal-start")
            var setup = Setup(readsCluster: true, patchesCluster: true)
            setup.files["token"] = "a-token-of-yesterday"
            try Site.with(project.setup(setup)) { site in
                try eventually("the token is refused: \(site.log)") { site.log.contains("401") }
                expect(try site.nginx.exchange(try project.push()), 503)
                try site.folder.write(APIServer.Token.admin.rawValue, to: "token")
                try project.waitUntilServed(site)
            }
        }

        @Test func `A rule that is missing is named, and refreshes arrive once it is granted`() async throws {
            let project = try await Project("refusal-role")
            var setup = Setup(patchesCluster: true, confirmTimeout: "100ms")
            setup.files["token"] = APIServer.Token.limited.rawValue
            try await Site.with(project.setup(setup)) { site in
                let time = Timestamp.now()
                expect(try site.nginx.exchange(try project.push()), 202)
                let rule = #"apiGroups: ["kargo.akuity.io"], resources: ["warehouses"], verbs: ["patch"]"#
                    .replacing("\"", with: "\\\"")
                try eventually("the rule is named: \(site.log)") { site.log.contains(rule) }
                try await project.server.allowPatching(in: project.name)
                try await project.waitUntilRefreshed(since: [time])
            }
        }
    }
}
