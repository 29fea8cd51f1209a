// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers
import TestSupport

@testable import Config

/// What a source that is followed has said so far.
final class SourceListener: Sendable {
    private let news = NIOLockedValueBox<[SourceNews]>([])

    /// Follows `source` for as long as `body` takes; it must end when it is cancelled.
    static func follow(
        _ source: KubernetesSource,
        _ body: (SourceListener) async throws -> Void
    ) async throws {
        let listener = SourceListener()
        let task = Task { await source.follow { news in listener.news.withLockedValue { $0.append(news) } } }
        let result: Result<Void, any Error>
        do { result = .success(try await body(listener)) } catch { result = .failure(error) }
        task.cancel()
        await task.value
        try result.get()
    }

    var snapshots: [Snapshot] {
        news.withLockedValue { news in
            news.compactMap { if case .changed(let snapshot, _) = $0 { snapshot } else { nil } }
        }
    }

    var problems: [Problem] {
        news.withLockedValue { news in
            news.flatMap { news -> [Problem] in
                if case .changed(_, let problems) = news { problems } else { [] }
            }
        }
    }

    var failures: [String] {
        news.withLockedValue { news in
            news.compactMap { if case .failing(let reason, _) = $0 { reason } else { nil } }
        }
    }

    var recoveries: Int {
        news.withLockedValue { news in news.count { if case .recovered = $0 { true } else { false } } }
    }

    var watchRestarts: Int {
        news.withLockedValue { news in
            news.count { if case .watchRestarted = $0 { true } else { false } }
        }
    }

    /// Waits until the last snapshot is as `condition` has it.
    func wait(_ what: String, _ condition: (Snapshot) -> Bool) async throws {
        try await waitUntil(what) { snapshots.last.map(condition) ?? false }
    }
}
