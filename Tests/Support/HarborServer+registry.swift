// SPDX-License-Identifier: Apache-2.0

extension HarborServer {
    /// What is in a ``HarborServer``, and how Harbor writes it.
    struct Registry {
        struct Project {
            let number: Int
            var repositories: [String: Repository] = [:]
        }

        struct Repository {
            let number: Int
            var pushed: Int
            var artifacts: [String: Artifact] = [:]
            var pulls: [Pull] = []
        }

        struct Pull {
            let digest: String
            let number: Int
            let time = ContinuousClock.now

            /// Whether it is written down: it takes as long as it may.
            var shows: Bool { .now - time >= .seconds(10) }
        }

        struct Artifact {
            let number: Int
            var pushed: Int
            var tags: [String]
            var critical: Int?
            let isChild: Bool
        }

        private(set) var projects: [String: Project] = [:]

        /// Goes on with every change.
        private var clock = 0

        private mutating func tick() -> Int {
            clock += 1
            return clock
        }

        mutating func addProject(_ name: String) {
            guard projects[name] == nil else { return }
            projects[name] = Project(number: tick())
        }

        mutating func push(_ identifier: String, _ tags: [String], _ critical: Int?, isChild: Bool) {
            let (project, repository, digest) = parts(identifier)
            addProject(project)
            guard let repository else { return }
            let now = tick()
            var found = projects[project]?.repositories[repository] ?? Repository(number: now, pushed: now)
            found.pushed = now
            if let digest {
                let number = found.artifacts[digest]?.number ?? now
                found.artifacts[digest] = Artifact(
                    number: number,
                    pushed: now,
                    tags: tags,
                    critical: critical,
                    isChild: isChild
                )
            }
            projects[project]?.repositories[repository] = found
        }

        mutating func pull(_ identifier: String) {
            let (project, repository, digest) = parts(identifier)
            guard let repository, let digest else { return }
            let pull = Pull(digest: digest, number: tick())
            projects[project]?.repositories[repository]?.pulls.append(pull)
        }

        mutating func remove(_ identifier: String) {
            let (project, repository, digest) = parts(identifier)
            guard let repository else {
                projects[project] = nil
                return
            }
            guard let digest else {
                projects[project]?.repositories[repository] = nil
                return
            }
            projects[project]?.repositories[repository]?.artifacts[digest] = nil
        }

        private func parts(
            _ identifier: String
        ) -> (project: String, repository: String?, digest: String?) {
            let ends = identifier.split(separator: "@", maxSplits: 1).map(String.init)
            let names = ends[0].split(separator: "/", maxSplits: 1).map(String.init)
            return (names[0], names.count > 1 ? names[1] : nil, ends.count > 1 ? ends[1] : nil)
        }

        /// By name.
        var projectNames: [String] { projects.keys.sorted() }

        /// The youngest first.
        func repositoryNames(of project: String) -> [String] {
            (projects[project]?.repositories ?? [:]).sorted { $0.value.number > $1.value.number }.map(\.key)
        }

        /// Those that were pushed last first; without a tag an index's children are not shown to everybody.
        func digests(of project: String, _ repository: String, withChildren: Bool) -> [String] {
            (projects[project]?.repositories[repository]?.artifacts ?? [:])
                .filter { withChildren || !$0.value.isChild || !$0.value.tags.isEmpty }
                .sorted { $0.value.pushed > $1.value.pushed }.map(\.key)
        }

        func json(project name: String) -> String {
            let project = projects[name]
            return """
                {"chart_count":0,"creation_time":"\(time(project?.number))","current_user_role_id":1,\
                "cve_allowlist":{"items":[],"project_id":\(project?.number ?? 0)},"metadata":{"public":"false"},\
                "name":"\(name)","owner_id":1,"owner_name":"admin","project_id":\(project?.number ?? 0),\
                "repo_count":\(project?.repositories.count ?? 0),"update_time":"\(time(project?.number))"}
                """
        }

        func json(project: String, repository name: String) -> String {
            let repository = projects[project]?.repositories[name]
            return """
                {"artifact_count":\(repository?.artifacts.count ?? 0),"creation_time":"\(time(repository?.number))",\
                "id":\(repository?.number ?? 0),"name":"\(project)/\(name)",\
                "project_id":\(projects[project]?.number ?? 0),"pull_count":\(repository?.pulls.count(where: \.shows) ?? 0),\
                "update_time":"\(time(repository?.pushed))"}
                """
        }

        func json(
            _ project: String,
            _ repository: String,
            _ digest: String,
            _ request: ServedRequest
        ) -> String {
            let place = projects[project]?.repositories[repository]
            let found = place?.artifacts[digest]
            let pull = place?.pulls.last { $0.digest == digest && $0.shows }
            let tags = (found?.tags ?? []).map {
                #"{"artifact_id":1,"id":1,"immutable":false,"name":"\#($0)"}"#
            }
            let isTagged = request.query["with_tag"] != "false" && !tags.isEmpty
            var members = [
                #""digest":"\#(digest)""#, #""id":\#(found?.number ?? 0)"#,
                #""media_type":"application/vnd.docker.container.image.v1+json""#,
                #""pull_time":"\#(pull.map { time($0.number) } ?? "0001-01-01T00:00:00.000Z")""#,
                #""push_time":"\#(time(found?.pushed))""#,
                #""repository_id":1"#, #""size":3084292"#,
                #""tags":\#(isTagged ? "[\(tags.joined(separator: ","))]" : "null")"#, #""type":"IMAGE""#,
            ]
            if request.query["with_label"] == "true" { members.append(#""labels":null"#) }
            // Where nobody asks for this type of report, or for any, there is none.
            let type = "application/vnd.security.vulnerability.report; version=1.1"
            let accepted = request["X-Accept-Vulnerabilities"] ?? ""
            if let critical = found?.critical, request.query["with_scan_overview"] == "true",
                accepted.contains(type)
            {
                members.append(
                    """
                    "scan_overview":{"\(type)":{"scan_status":"Success","severity":"Critical",\
                    "summary":{"fixable":0,"summary":{"Critical":\(critical)},"total":\(critical)}}}
                    """
                )
            }
            return "{\(members.joined(separator: ","))}"
        }

        private func time(_ number: Int?) -> String {
            let second = (number ?? 0) % 60
            return "2026-01-01T00:00:\(second < 10 ? "0" : "")\(second).000Z"
        }
    }
}
