// SPDX-License-Identifier: Apache-2.0

import Foundation

extension HarborServer.State {
    /// What the API says.
    mutating func answer(_ request: ServedRequest, below base: String) -> [HTTPServer.Step] {
        let fault = faults.firstIndex { fault in
            fault.method == request.method && (fault.part.isEmpty || request.path.contains(fault.part))
        }
        if let index = fault {
            faults[index].times -= 1
            let steps = faults[index].steps
            if faults[index].times == 0 { faults.remove(at: index) }
            return steps
        }
        let credentials = Data("\(HarborServer.username):\(HarborServer.password)".utf8)
        guard request["Authorization"] == "Basic \(credentials.base64EncodedString())" else {
            return [.error(401, "UNAUTHORIZED", "unauthorized: unauthorized")]
        }
        // As the server that Harbor is written with: the path is decoded before it is taken apart.
        guard let path = request.path.removingPercentEncoding, path.hasPrefix("\(base)/api/v2.0/") else {
            return [
                .reply(404, "<html><body>404 page not found</body></html>", "Content-Type: text/html\r\n")
            ]
        }
        let steps = path.dropFirst("\(base)/api/v2.0/".count).split(separator: "/").map(String.init)
        if request.method == "HEAD", steps == ["projects"] {
            // To everybody who has an account.
            let name = request.query["project_name"]?.removingPercentEncoding ?? ""
            return [.reply(registry.projects[name] == nil ? 404 : 200, "", "X-Request-Id: 1f\r\n")]
        }
        guard request.method == "GET", let route = Route(steps) else {
            return [
                .error(404, "NOT_FOUND", "path \(path.dropFirst(base.count)) was not found")
            ]
        }
        if let project = route.project {
            // Nobody may see what does not exist.
            guard !forbidden.contains(project), registry.projects[project] != nil else {
                return [.error(403, "FORBIDDEN", "forbidden")]
            }
        }
        return [answer(route, request)]
    }

    private func answer(_ route: Route, _ request: ServedRequest) -> HTTPServer.Step {
        switch route {
        case .projects:
            page(registry.projectNames.filter { !forbidden.contains($0) }, request) {
                registry.json(project: $0)
            }
        case .project(let project): .reply(200, registry.json(project: project))
        case .repositories(let project):
            page(registry.repositoryNames(of: project), request) {
                registry.json(project: project, repository: $0)
            }
        case .repository(let project, let repository):
            registry.projects[project]?.repositories[repository] == nil
                ? .error(404, "NOT_FOUND", "repository \(project)/\(repository) not found")
                : .reply(200, registry.json(project: project, repository: repository))
        case .artifacts(let project, let repository):
            // Harbor has an empty list for a repository that is not there.
            page(
                registry.digests(of: project, repository, withChildren: request.query["q"] == "base%3D%2A"),
                request
            ) { digest in
                registry.json(project, repository, digest, request)
            }
        case .artifact(let project, let repository, let digest):
            registry.projects[project]?.repositories[repository]?.artifacts[digest] == nil
                ? .error(404, "NOT_FOUND", "artifact \(project)/\(repository)@\(digest) not found")
                : .reply(200, registry.json(project, repository, digest, request))
        }
    }

    private func page(
        _ names: [String],
        _ request: ServedRequest,
        _ json: (String) -> String
    ) -> HTTPServer.Step {
        let number = request.query["page"].flatMap(Int.init) ?? 1
        let size = request.query["page_size"].flatMap(Int.init) ?? 10
        guard (1...100).contains(size) else {
            return .error(
                422,
                "UNPROCESSABLE_ENTITY",
                "page_size in query should be less than or equal to 100"
            )
        }
        let shown = names.dropFirst((number - 1) * size).prefix(size)
        var links: [String] = []
        if number > 1 { links.append("<\(request.path)?page=\(number - 1)&page_size=\(size)>; rel=\"prev\"") }
        if number * size < names.count {
            links.append("<\(request.path)?page=\(number + 1)&page_size=\(size)>; rel=\"next\"")
        }
        let link = links.isEmpty || hidesLinks ? "" : "Link: \(links.joined(separator: " , "))\r\n"
        return .reply(
            200,
            "[\(shown.map(json).joined(separator: ","))]\n",
            "X-Total-Count: \(names.count)\r\n\(link)"
        )
    }

    /// What a path asks for.
    private enum Route {
        case projects
        case project(String)
        case repositories(String)
        case repository(String, String)
        case artifacts(String, String)
        case artifact(String, String, String)

        init?(_ steps: [String]) {
            switch steps.count {
            case 1 where steps[0] == "projects": self = .projects
            case 2 where steps[0] == "projects": self = .project(steps[1])
            case 3... where steps[0] == "projects" && steps[2] == "repositories":
                // Once more: a name with a slash had to be encoded twice to be one step.
                guard steps.count > 3 else {
                    self = .repositories(steps[1])
                    return
                }
                guard let name = steps[3].removingPercentEncoding else { return nil }
                switch steps.count {
                case 4: self = .repository(steps[1], name)
                case 5 where steps[4] == "artifacts": self = .artifacts(steps[1], name)
                case 6 where steps[4] == "artifacts": self = .artifact(steps[1], name, steps[5])
                default: return nil
                }
            default: return nil
            }
        }

        var project: String? {
            switch self {
            case .projects: nil
            case .project(let project), .repositories(let project), .repository(let project, _),
                .artifacts(let project, _), .artifact(let project, _, _):
                project
            }
        }
    }
}

extension HTTPServer.Step {
    /// As Harbor writes it.
    fileprivate static func error(_ status: Int, _ code: String, _ message: String) -> Self {
        .reply(
            status,
            #"{"errors":[{"code":"\#(code)","message":"\#(message)"}]}"# + "\n",
            "Content-Type: application/json; charset=utf-8\r\n"
        )
    }
}
