// SPDX-License-Identifier: Apache-2.0

internal import Dispatch

/// Does `body`, and cancels it when it takes longer than `limit`: what comes of it then is what it returns.
///
/// The timer goes with the call: a task's sleep is kept until its time is over, even when it is cancelled.
func limited<Value: Sendable>(
    to limit: Duration,
    _ body: @escaping @Sendable () async -> Value
) async -> Value {
    let work = Task { await body() }
    let timer = DispatchSource.makeTimerSource()
    timer.setEventHandler { work.cancel() }
    timer.schedule(deadline: .now() + limit.interval)
    timer.resume()
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
        await work.value
    } onCancel: {
        work.cancel()
    }
}

extension Duration {
    fileprivate var interval: DispatchTimeInterval {
        let (seconds, attoseconds) = components
        return .milliseconds(Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
