// SPDX-License-Identifier: Apache-2.0

import Outbox
import Sinks

/// A refresh that was given to the sink, and what came of it.
struct Attempt: Sendable {
    let due: Outbox.Due

    /// Nil when the sink has it.
    let error: SinkError?

    /// From 1 on.
    var number: Int { due.attempts + 1 }

    var outcome: Outcome {
        switch error {
        case nil: .delivered
        case let error? where error.code == .gone: .gone(error.description)
        case let error?: .failed(error.description, after: error.retryAfter)
        }
    }

    /// Whether it is worth a line in the log: the end, and ever more rarely what goes on failing.
    var isNews: Bool { error?.code == .gone || error != nil && number.nonzeroBitCount == 1 }
}
