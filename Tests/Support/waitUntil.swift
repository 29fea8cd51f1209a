// SPDX-License-Identifier: Apache-2.0

/// Waits until `condition` holds, without holding the thread, as ``eventually(_:within:_:)`` does.
package func waitUntil(
    _ what: String,
    within bound: Duration = .seconds(20),
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + bound
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw Failure("not within \(bound): \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
