// SPDX-License-Identifier: Apache-2.0

/// What a connection may do next.
///
/// It decides and does nothing, so that every order of things can be tested.
///
/// ```
/// fresh ──readable──▶ reading ──request──▶ answering ──replied──▶ kept
///                        ▲                                          │
///                        └──────────────────readable────────────────┘
/// ```
struct ConnectionState: Equatable {
    private enum Phase: Equatable {
        /// Accepted, nothing sent yet: a web server connects because it has a request, so one is coming.
        case fresh
        case reading
        case answering
        /// Answered and held open by the web server for a later request, which may never come.
        case kept
        case closed
    }

    enum Action: Equatable {
        case read
        case wait
        case close
    }

    private var phase = Phase.fresh

    var isClosed: Bool { phase == .closed }

    /// Whether the connection waits for a further request.
    var isKept: Bool { phase == .kept }

    /// There is something to read: a request, or the end.
    mutating func readable() -> Action {
        switch phase {
        case .fresh, .kept, .reading:
            phase = .reading
            return .read
        // More while a request is being answered would be multiplexing, which no web server does here.
        case .answering: return .wait
        case .closed: return .close
        }
    }

    /// A request was read whole.
    mutating func received() { phase = .answering }

    /// The reply was written; `isOpen` says whether the connection outlived it.
    mutating func replied(isOpen: Bool) { phase = isOpen ? .kept : .closed }

    /// The peer is gone or broke the protocol.
    mutating func failed() { phase = .closed }

    /// The process is about to end.
    ///
    /// A kept connection that is idle closes; a fresh one is owed its answer.
    mutating func stop(hasInput: Bool) -> Action {
        switch phase {
        case .fresh, .reading, .answering: return .wait
        case .kept where hasInput: return .wait
        case .kept, .closed:
            phase = .closed
            return .close
        }
    }

    /// The time for stopping is over for connections on which nothing ever came.
    mutating func giveUp() -> Action {
        guard phase == .fresh || phase == .kept else { return .wait }
        phase = .closed
        return .close
    }
}
