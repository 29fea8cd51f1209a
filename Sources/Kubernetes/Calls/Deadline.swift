// SPDX-License-Identifier: Apache-2.0

/// Runs `body`, and cancels it when it takes longer than `timeout`.
///
/// The HTTP client's own deadline ends with a reply's head; a server may stop in the middle of the body.
func withDeadline<Value: Sendable>(
    _ timeout: Duration,
    _ body: @concurrent @Sendable @escaping () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask(operation: body)
        group.addTask {
            try await Task.sleep(for: timeout)
            throw KubernetesError(.timeout, "no complete answer within \(timeout)")
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
