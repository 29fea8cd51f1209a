// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOConcurrencyHelpers

/// Something that runs beside the test, on a thread: what blocks must not take one of the few that tests have.
package final class Worker<Value: Sendable>: Sendable {
    private let outcome = NIOLockedValueBox<Result<Value, any Error>?>(nil)

    package init(_ body: @escaping @Sendable () throws -> Value) {
        Thread.detachNewThread { [outcome] in
            let result = Result(catching: body)
            outcome.withLockedValue { $0 = result }
        }
    }

    /// Its result, waited for.
    package func join() throws -> Value {
        try eventually("a worker ends", within: .seconds(120)) { outcome.withLockedValue { $0 != nil } }
        return try outcome.withLockedValue { $0 }.map { try $0.get() } ?? { throw Failure("no outcome") }()
    }
}
