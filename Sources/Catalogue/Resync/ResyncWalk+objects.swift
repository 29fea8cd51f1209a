// SPDX-License-Identifier: Apache-2.0

internal import Handlers
internal import POSIX

extension ResyncWalk {
    mutating func walkProjects() async throws(ResyncStop) {
        if let project = state.scope { return try await walkOne(project) }
        do throws(ResyncStop) { try await walkList() } catch {
            guard case .broken(let reason) = error else { throw error }
            leaveOut("", because: reason)
        }
        check(state.projects, of: "")
    }

    private mutating func walkList() async throws(ResyncStop) {
        while true {
            let (number, time) = (state.projects.page, Timestamp.now())
            let page = try await read { client throws(HarborError) in try await client.projects(page: number)
            }
            state.projects.note(total: page.total)
            try await put(page.objects, readAt: time)
            for project in page.objects.map(\.object.project) where !state.projects.isDone(project) {
                try await walk(project)
            }
            guard state.projects.turn(after: page) else { return }
        }
    }

    /// Where it is gone, what is remembered of it is looked at in the end.
    private mutating func walkOne(_ project: String) async throws(ResyncStop) {
        guard !state.projects.isDone(project) else { return }
        let time = Timestamp.now()
        let found = try await read { client throws(HarborError) in try await client.find(.project(project)) }
        guard let found else { return }
        try await put([found], readAt: time)
        try await walk(project)
    }

    private mutating func walk(_ project: String) async throws(ResyncStop) {
        if state.project != project {
            state.project = project
            state.repositories = PageCursor()
        }
        do throws(ResyncStop) {
            try await walkRepositories(of: project)
        } catch {
            switch error {
            // Public projects are listed for everybody, and a right can be missing in one of many.
            case .forbidden(let reason) where state.scope == nil:
                state.counts.refused += 1
                note("\(project) is left out: \(reason)")
            case .broken(let reason): leaveOut(project, because: reason)
            case .forbidden, .interrupted, .failed: throw error
            }
        }
        check(state.repositories, of: project)
        state.projects.finish(project)
        state.counts.projects += 1
        (state.project, state.repositories) = (nil, PageCursor())
        try await keep()
    }

    private mutating func walkRepositories(of project: String) async throws(ResyncStop) {
        while true {
            let (number, time) = (state.repositories.page, Timestamp.now())
            let page = try await read { client throws(HarborError) in
                try await client.repositories(of: project, page: number)
            }
            // It was there a moment ago.
            guard let page else { return }
            state.repositories.note(total: page.total)
            try await put(page.objects, readAt: time)
            let names = page.objects.compactMap { found in
                if case .repository(_, let name) = found.object { name } else { nil }
            }
            try await walkArtifacts(of: project, names.filter { !state.repositories.isDone($0) })
            guard state.repositories.turn(after: page) else { return }
        }
    }

    /// A page of a repository's artifacts that is to be read, or was.
    private struct Reading: Sendable {
        let repository: String
        var cursor = PageCursor()

        /// Goes on after `page`; false at the end.
        mutating func turn(after page: HarborPage) -> Bool {
            for name in page.objects.map(\.object.identifier) where !cursor.isDone(name) {
                cursor.finish(name)
            }
            return cursor.turn(after: page)
        }
    }

    /// Reads several repositories at the same time, and puts together what is in them: most have few artifacts.
    ///
    /// In memory are at most what is put together, and a page for each call that may be made at the same time.
    private mutating func walkArtifacts(
        of project: String,
        _ repositories: [String]
    ) async throws(ResyncStop) {
        var waiting = Array(repositories.map { Reading(repository: $0) }.reversed())
        var batch = ArtifactBatch()
        let result = await withTaskGroup(
            of: (Reading, Timestamp, Result<HarborPage?, ResyncStop>).self
        ) { group in
            func readNext() {
                guard let reading = waiting.popLast() else { return }
                group.addTask { [self] in
                    let time = Timestamp.now()
                    let page = await Result { () async throws(ResyncStop) in
                        try await read { client throws(HarborError) in
                            try await client.artifacts(
                                of: project,
                                reading.repository,
                                page: reading.cursor.page
                            )
                        }
                    }
                    return (reading, time, page)
                }
            }
            return await Result { () async throws(ResyncStop) in
                for _ in 0..<client.maxConcurrent { readNext() }
                while let (read, time, result) = await group.next() {
                    var reading = read
                    do throws(ResyncStop) {
                        let page = try result.get()
                        batch.add(page?.objects ?? [], readAt: time)
                        if let page, reading.turn(after: page) {
                            waiting.append(reading)
                        } else {
                            if page != nil { check(reading.cursor, of: "\(project)/\(reading.repository)") }
                            batch.complete.append((reading.repository, reading.cursor.count))
                        }
                        readNext()
                        if batch.objects.count >= 100 { try await put(&batch) }
                    } catch {
                        guard case .broken(let reason) = error else {
                            group.cancelAll()
                            throw error
                        }
                        leaveOut("\(project)/\(reading.repository)", because: reason)
                        batch.complete.append((reading.repository, reading.cursor.count))
                        readNext()
                    }
                }
                try await put(&batch)
            }
        }
        try result.get()
    }

    /// Artifacts that are sent together.
    private struct ArtifactBatch {
        var objects: [HarborObject] = []

        /// When the first of them was read.
        var time: Timestamp?

        /// Repositories of which nothing more comes, and how many artifacts they have.
        var complete: [(name: String, artifacts: Int)] = []

        mutating func add(_ objects: [HarborObject], readAt time: Timestamp) {
            self.objects += objects
            self.time = min(self.time ?? time, time)
        }
    }

    private mutating func put(_ batch: inout ArtifactBatch) async throws(ResyncStop) {
        try await put(batch.objects, readAt: batch.time ?? .now())
        for (name, artifacts) in batch.complete {
            state.repositories.finish(name)
            state.counts.repositories += 1
            state.counts.artifacts += artifacts
        }
        batch = ArtifactBatch()
        try await keep()
    }
}
