// SPDX-License-Identifier: Apache-2.0

internal import POSIX

/// Walks all that a Harbor has, or one project of it, and brings the catalogue in step; what is gone is removed at the end.
///
/// It runs beside a service that does the same for events. A page may be older than what the service has sent meanwhile, so
/// whatever had an event since it was read is looked at again, by the service as after an event; and nothing is removed
/// but in that way.
package struct Resync: Sendable {
    private let client: HarborClient
    private let target: any ResyncTarget
    private let memory: any ResyncMemory
    private let project: String?
    private let configuration: String
    private let report: @Sendable (ResyncProgress) -> Void
    private let pause: @Sendable (Duration) async -> Void

    /// One that was interrupted longer ago than this is not gone on with: too much has changed since.
    private static let longestBreak = Duration.seconds(7 * 86_400)

    /// All projects, or the one of this name; `pause` waits before something is tried again.
    ///
    /// `configuration` is another one when something else is to be shown, or elsewhere.
    package init(
        from client: HarborClient,
        to target: any ResyncTarget,
        _ memory: any ResyncMemory,
        project: String? = nil,
        configuration: String = "",
        report: @escaping @Sendable (ResyncProgress) -> Void = { _ in },
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) {
        (self.client, self.target, self.memory) = (client, target, memory)
        (self.project, self.configuration) = (project, configuration)
        (self.report, self.pause) = (report, pause)
    }

    /// Goes on where the last one of the same project, or of all, was interrupted, unless that is not wanted.
    ///
    /// One of a project leaves the place where one of all was interrupted as it is, and keeps none of its own then. A task
    /// that is cancelled ends it, soon.
    package func run(restarting: Bool = false) async -> ResyncOutcome {
        do throws(CatalogueFailure) {
            let kept = try await memory.position()
            let state = kept.flatMap { kept in
                kept.started > .now() - Self.longestBreak ? ResyncState(kept.text) : nil
            }.flatMap { $0.configuration == configuration ? $0 : nil }
            var walk = ResyncWalk(client, target, memory, report, pause)
            walk.keepsPlace = project == nil || state == nil || state?.scope != nil
            guard !restarting, let kept, let state, state.scope == project else {
                let state = ResyncState(scope: project, configuration: configuration)
                return await walk.run(state, started: .now(), isResumed: false)
            }
            return await walk.run(state, started: kept.started, isResumed: true)
        } catch {
            return ResyncOutcome(
                end: .stopped(error.description),
                counts: ResyncCounts(),
                isResumed: false,
                problems: []
            )
        }
    }
}
