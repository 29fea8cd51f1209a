// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
package import HTTP
package import Handlers
internal import NIOConcurrencyHelpers

/// Reads from one Harbor, through its API v2.0, what a receiver's catalogue has entities of.
package final class HarborClient: Sendable {
    /// How many calls are made at the same time, whatever they are for.
    package let maxConcurrent: Int

    private let base: HTTPURL
    private let transport: HTTPTransport
    private let authorization: String
    private let gate: CallGate
    private let waiting = NIOLockedValueBox<[CatalogueObject: Fetch]>([:])

    private typealias Fetch = SharedWork<Result<HarborObject?, HarborError>>

    /// Connects to nothing yet.
    ///
    /// `url` may have a path, below which the API is; a call takes `timeout` at most.
    package init(
        url: HTTPURL,
        account: HarborAccount,
        maxConcurrent: Int = 4,
        caFile: String? = nil,
        timeout: Duration = .seconds(30)
    ) {
        base = url.appending(["api", "v2.0"])
        authorization = account.authorization
        self.maxConcurrent = maxConcurrent
        gate = CallGate(limit: maxConcurrent)
        transport = HTTPTransport(timeout: timeout, caFile: caFile)
    }

    /// Reads the file with the authority, if there is one.
    package func check() throws(HarborError) {
        do throws(HTTPError) { try transport.check() } catch { throw HarborError(error) }
    }

    package func shutdown() async { await transport.shutdown() }

    /// The object's JSON as in ``HarborObject``; nil when Harbor says that there is no such object.
    package func object(_ object: CatalogueObject) async throws(HarborError) -> [UInt8]? {
        try await find(object)?.json
    }

    /// The object; nil when Harbor says that there is no such object.
    ///
    /// Whoever asks while an earlier question about the same object still waits for its turn shares the answer. One that was
    /// sent is shared with nobody: what it says may be older than the event for which somebody asks now.
    package func find(_ object: CatalogueObject) async throws(HarborError) -> HarborObject? {
        while true {
            let fetch = waiting.withLockedValue { waiting in
                if let fetch = waiting[object] { return fetch }
                let fetch = Fetch { await self.fetch(object) }
                waiting[object] = fetch
                return fetch
            }
            let result = await fetch.value
            // One that was given up while it waited is for nobody.
            if result == nil || Task.isCancelled {
                waiting.withLockedValue { if $0[object] === fetch { $0[object] = nil } }
            }
            if let result { return try result.get() }
        }
    }

    private func fetch(_ object: CatalogueObject) async -> Result<HarborObject?, HarborError> {
        let result = await gate.pass {
            waiting.withLockedValue { $0[object] = nil }
            return await Result { () async throws(HarborError) in try await read(object) }
        }
        return result ?? .failure(.cancelled)
    }

    private func read(_ object: CatalogueObject) async throws(HarborError) -> HarborObject? {
        let url = base.appending(object.path, query: object.query)
        let project = object.project
        guard let answer = try await answer(url, about: "\(object)", in: project, limit: Self.objectLimit)
        else { return nil }
        // What it says it is, it has to be: a page that somebody signs in on is a 200, too.
        guard let found = object.found(in: answer.body[...], Identity(answer.body[...])),
            found.object == object
        else { throw HarborError(.unexpected, "what GET \(url) returns is not \(object): check the URL") }
        return found
    }

    /// A page of the projects that the account may see, from 1 on.
    package func projects(page: Int) async throws(HarborError) -> HarborPage {
        let url = base.appending(["projects"], query: Self.query(page))
        guard let found = try await self.page(url, about: "projects", in: nil) else {
            throw HarborError(.unexpected, "Harbor has no list of projects at \(url): check the URL")
        }
        return found
    }

    /// A page of a project's repositories; nil where there is no such project.
    package func repositories(of project: String, page: Int) async throws(HarborError) -> HarborPage? {
        let parent = CatalogueObject.project(project)
        let url = base.appending(parent.path + ["repositories"], query: Self.query(page))
        return try await self.page(url, about: "\(parent)", in: parent)
    }

    /// A page of a repository's artifacts; nil where there is no such repository.
    package func artifacts(
        of project: String,
        _ repository: String,
        page: Int
    ) async throws(HarborError) -> HarborPage? {
        let parent = CatalogueObject.repository(project: project, name: repository)
        // Without `base` the images of an index are left out, of which there are events.
        let query = Self.query(page) + CatalogueObject.artifactQuery + [("q", "base=*")]
        return try await self.page(
            base.appending(parent.path + ["artifacts"], query: query),
            about: "\(parent)",
            in: parent
        )
    }

    /// In bytes: a hundred objects may be in a batch, and a batch of each receiver in memory.
    private static let (objectLimit, pageLimit) = (1 << 20, 16 << 20)

    /// As many objects as Harbor has on a page at most.
    static let pageSize = 100

    private static func query(_ page: Int) -> [(name: String, value: String)] {
        [("page", "\(page)"), ("page_size", "\(pageSize)")]
    }

    private func page(
        _ url: HTTPURL,
        about subject: String,
        in parent: CatalogueObject?
    ) async throws(HarborError) -> HarborPage? {
        let result = await gate.pass {
            await Result { () async throws(HarborError) in
                try await answer(url, about: subject, in: parent?.project, limit: Self.pageLimit)
            }
        }
        guard let answer = try (result ?? .failure(.cancelled)).get() else { return nil }
        guard let elements = JSONArray(answer.body)?.elements else {
            throw HarborError(.unexpected, "what GET \(url) returns is no list: check the URL")
        }
        var objects: [HarborObject] = []
        for element in elements {
            guard let identity = Identity(element), let object = identity.object(in: parent),
                let found = HarborObject(object, element)
            else {
                throw HarborError(.unexpected, "what GET \(url) lists is not what Harbor has: check the URL")
            }
            objects.append(found)
        }
        return HarborPage(
            objects: objects,
            total: answer.header("X-Total-Count").flatMap { Int($0) },
            hasNext: answer.header("Link")?.contains(#"rel="next""#) == true
        )
    }

    /// Nil when Harbor says that it is not there.
    private func answer(
        _ url: HTTPURL,
        about subject: String,
        in project: String?,
        limit: Int
    ) async throws(HarborError) -> HTTPAnswer? {
        let call = HTTPCall(
            .get,
            url,
            headers: [
                ("Authorization", authorization), ("Accept", "application/json"),
                // Without it a scan's result is left out; the older type is that of scanners before Harbor 2.2.
                (
                    "X-Accept-Vulnerabilities",
                    "application/vnd.security.vulnerability.report; version=1.1, "
                        + "application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0"
                ),
                // A project's name may be a number, and is not its id.
                ("X-Is-Resource-Name", "true"),
            ]
        )
        let answer: HTTPAnswer
        do throws(HTTPError) { answer = try await transport.answer(to: call, limit: limit) } catch {
            throw HarborError(error)
        }
        if answer.status == 200 { return answer }
        if HarborMessage.saysGone(answer) { return nil }
        if let project, HarborMessage.saysForbidden(answer), try await isGone(project) { return nil }
        throw HarborError(answer, about: subject, at: url)
    }

    /// Whether Harbor says that no project has this name.
    ///
    /// It forbids everybody to read what is in a project that does not exist. Whether a name is taken, it tells every account.
    private func isGone(_ project: String) async throws(HarborError) -> Bool {
        let url = base.appending(["projects"], query: [("project_name", project)])
        let call = HTTPCall(.head, url, headers: [("Authorization", authorization)])
        do throws(HTTPError) {
            let answer = try await transport.answer(to: call, limit: Self.objectLimit)
            // Such an answer has no body. Harbor gives each of its answers an id; what stands in between does not know HEAD.
            return answer.status == 404 && answer.header("X-Request-Id") != nil
        } catch {
            throw HarborError(error)
        }
    }
}

extension HarborError {
    fileprivate static var cancelled: HarborError { HarborError(.cancelled, "the call was cancelled") }
}
