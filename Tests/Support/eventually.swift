// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Waits until `condition` holds.
///
/// The bound is there against hanging: it is what a busy machine may take. Where it is so busy that the condition
/// is seldom looked at, what is waited for has seldom had its turn, too: it is looked at a hundred times anyway.
package func eventually(
    _ what: String,
    within bound: Duration = .seconds(60),
    _ condition: () throws -> Bool
) throws {
    let deadline = ContinuousClock.now + bound
    var looks = 0
    while try !condition() {
        looks += 1
        guard looks < 100 || ContinuousClock.now < deadline else {
            throw Failure("not within \(bound): \(what)")
        }
        usleep(2000)
    }
}

/// The same in a task, which does not block meanwhile.
package func waitUntil(
    _ what: String,
    within bound: Duration = .seconds(60),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + bound
    var looks = 0
    while try await !condition() {
        looks += 1
        guard looks < 100 || ContinuousClock.now < deadline else {
            throw Failure("not within \(bound): \(what)")
        }
        try await Task.sleep(for: .milliseconds(10))
    }
}
