// SPDX-License-Identifier: Apache-2.0

internal import Handlers
internal import POSIX

/// One run of a ``Resync``.
struct ResyncWalk {
    let client: HarborClient
    let target: any ResyncTarget
    let memory: any ResyncMemory
    private let report: @Sendable (ResyncProgress) -> Void
    private let pause: @Sendable (Duration) async -> Void

    /// False where the place of another one is kept, which is to go on there.
    var keepsPlace = true

    var state = ResyncState(scope: nil, configuration: "")
    var started = Timestamp.now()

    /// How many times in a row nothing at all could be sent.
    var failuresInARow = 0

    /// What of the catalogue Harbor has not said, though it says other things, whether it is still there.
    private var unclear: Set<CatalogueObject> = []

    private var problems: [String] = []

    private static let longestList = 100
    private static let backOff = BackOff(to: .seconds(60))

    /// With the pauses between them, half a minute to a minute.
    static let attempts = 7

    /// After so much that cannot be read the next is soon given up: each would take as long.
    private static let patience = 3

    init(
        _ client: HarborClient,
        _ target: any ResyncTarget,
        _ memory: any ResyncMemory,
        _ report: @escaping @Sendable (ResyncProgress) -> Void,
        _ pause: @escaping @Sendable (Duration) async -> Void
    ) {
        (self.client, self.target, self.memory) = (client, target, memory)
        (self.report, self.pause) = (report, pause)
    }

    /// Goes on from `state`.
    mutating func run(_ state: ResyncState, started: Timestamp, isResumed: Bool) async -> ResyncOutcome {
        (self.state, self.started) = (state, started)
        let end: ResyncOutcome.End
        do throws(ResyncStop) {
            try await keep()
            if !self.state.isWalked {
                try await walkProjects()
                self.state.isWalked = true
                try await keep()
            }
            try await removeGone()
            do throws(CatalogueFailure) { if keepsPlace { try await memory.forgetPosition() } } catch {
                throw ResyncStop(error)
            }
            end = .done
        } catch {
            switch error {
            case .interrupted: end = .interrupted
            case .failed(let reason), .forbidden(let reason), .broken(let reason):
                end = Task.isCancelled ? .interrupted : .stopped(reason)
            }
        }
        return ResyncOutcome(
            end: end,
            counts: self.state.counts,
            isResumed: isResumed,
            problems: problems
        )
    }

    /// Keeps how far it is; not while nothing can be sent, for that has to be sent again.
    mutating func keep() async throws(ResyncStop) {
        show()
        guard keepsPlace, failuresInARow == 0 else { return }
        do throws(CatalogueFailure) { try await memory.keep(state.text, started: started) } catch {
            throw ResyncStop(error)
        }
    }

    /// Tells whoever watches where it is.
    func show(_ trouble: String? = nil) {
        report(
            ResyncProgress(
                counts: state.counts,
                fraction: state.fraction,
                isRemoving: state.isWalked,
                trouble: trouble
            )
        )
    }

    mutating func note(_ problem: String) {
        if problems.count < Self.longestList { problems.append(problem) }
    }

    /// Goes on without the rest of the list of what is in `parent`.
    mutating func leaveOut(_ parent: String, because reason: String) {
        guard state.unread.insert(parent).inserted else { return }
        state.counts.failed += 1
        note("\(parent.isEmpty ? "the list of projects" : "what is in \(parent)") is left out: \(reason)")
    }

    /// Whether nothing is known of what has become of the object, so that it has to stay.
    func keeps(_ object: CatalogueObject) -> Bool { unclear.contains(object) || state.isUnread(object) }

    /// Goes on without an object that the catalogue has.
    mutating func leaveAlone(_ object: CatalogueObject, because reason: String) {
        guard unclear.insert(object).inserted else { return }
        state.counts.failed += 1
        note("\(object) is kept: \(reason)")
    }

    /// A list that has ended too soon is as one that cannot be read: what is missing may be there.
    mutating func check(_ cursor: PageCursor, of parent: String) {
        guard cursor.missing > 0 else { return }
        leaveOut(
            parent,
            because: "Harbor lists \(cursor.count), and says that there are \(cursor.missing) more"
        )
    }

    /// Waits before the next attempt.
    func wait(afterAttempts attempts: Int, atLeast minimum: Duration?, because trouble: String) async {
        show(trouble)
        await pause(Self.backOff.delay(afterAttempts: attempts, atLeast: minimum))
    }

    /// What Harbor says, asked again for as long as that may help.
    func read<Value>(
        _ body: (HarborClient) async throws(HarborError) -> Value
    ) async throws(ResyncStop) -> Value {
        var attempts = 0
        while true {
            do throws(HarborError) { return try await body(client) } catch {
                attempts += 1
                switch error.code {
                case .unavailable, .unreachable, .unexpected:
                    let limit = state.unread.count + unclear.count < Self.patience ? Self.attempts : 2
                    guard attempts < limit, !Task.isCancelled else {
                        if Task.isCancelled { throw .interrupted }
                        guard await answersAtAll() else { throw ResyncStop(error) }
                        throw .broken(error.description)
                    }
                    await wait(
                        afterAttempts: attempts,
                        atLeast: error.retryAfter,
                        because: error.description
                    )
                case .unauthorized, .forbidden, .configuration, .cancelled: throw ResyncStop(error)
                }
            }
        }
    }

    /// Whether Harbor says what it always can say.
    private func answersAtAll() async -> Bool {
        do throws(HarborError) {
            _ = try await client.projects(page: 1)
            return true
        } catch {
            return false
        }
    }
}
