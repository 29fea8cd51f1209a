// SPDX-License-Identifier: Apache-2.0

import Catalogue
import NIOConcurrencyHelpers
import POSIX
import TestSupport

@testable import Config

/// What a folder of manifests says while it is followed.
struct Following: Sendable {
    let source: DirectorySource
    private let news = NIOLockedValueBox<[SourceNews]>([])

    /// Follows `directory` for as long as `body` runs, after it was loaded and `gap` has happened.
    static func with(
        _ directory: String,
        hasWatches: Bool = true,
        interval: Duration = .seconds(86_400),
        gap: () throws -> Void = {},
        _ body: (Following) async throws -> Void,
        compile: @escaping Mapping.Compile = { definition throws(MappingError) in
            try Mapping.shared(definition)
        }
    ) async throws {
        let following = Following(try makeSource(directory, hasWatches, interval, compile))
        _ = try await following.source.load()
        try gap()
        try await withThrowingTaskGroup { group in
            group.addTask {
                await following.source.follow { news in following.news.withLockedValue { $0.append(news) } }
            }
            try await body(following)
            group.cancelAll()
        }
    }

    private init(_ source: DirectorySource) { self.source = source }

    private static func makeSource(
        _ directory: String,
        _ hasWatches: Bool,
        _ interval: Duration,
        _ compile: @escaping Mapping.Compile
    ) throws -> DirectorySource {
        DirectorySource(
            directory: directory,
            baseURL: try BaseURL("https://hooks.example.com/webhooks"),
            systemResourcesNamespace: "kargo-system-resources",
            interval: interval,
            impairedInterval: .milliseconds(50),
            retryInterval: .milliseconds(20),
            compile: compile
        ) { () throws(SystemError) in
            guard hasWatches else { throw SystemError(errno: 28, doing: "making an inotify instance") }
            return try DirectoryWatch()
        }
    }

    /// What was said last about what is there.
    var snapshot: Snapshot? {
        news.withLockedValue { news in
            news.compactMap { if case .changed(let snapshot, _) = $0 { snapshot } else { nil } }.last
        }
    }

    var changeCount: Int {
        news.withLockedValue { $0.count { if case .changed = $0 { true } else { false } } }
    }

    var failures: [(reason: String, problems: [Problem])] {
        news.withLockedValue { news in
            news.compactMap {
                if case .failing(let reason, let problems) = $0 { (reason, problems) } else { nil }
            }
        }
    }

    var recoveries: Int {
        news.withLockedValue { $0.count { if case .recovered = $0 { true } else { false } } }
    }

    var impairments: [Problem] {
        news.withLockedValue {
            $0.compactMap { if case .impaired(let problem) = $0 { problem } else { nil } }
        }
    }

    /// Waits until a push of `repository` is known to refresh so many.
    func waitForTargets(_ count: Int, ofImage repository: String) async throws {
        try await waitUntil("\(count) targets of \(repository)") {
            targetCount(ofImage: repository) == count
        }
    }

    /// How many a push of `repository` refreshes, as far as it was said.
    func targetCount(ofImage repository: String) -> Int? {
        snapshot.map { LoadResult(snapshot: $0, problems: []).targets(ofImage: repository).count }
    }
}
