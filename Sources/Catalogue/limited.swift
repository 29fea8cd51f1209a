// SPDX-License-Identifier: Apache-2.0

/// Does `body`, and cancels it when it takes longer than `limit`: what comes of it then is what it returns.
func limited<Value: Sendable>(
    to limit: Duration,
    _ body: @escaping @Sendable () async -> Value
) async -> Value {
    let work = Task { await body() }
    let timer = Task {
        try? await Task.sleep(for: limit)
        if !Task.isCancelled { work.cancel() }
    }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
        await work.value
    } onCancel: {
        work.cancel()
    }
}
