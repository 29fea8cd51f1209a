// SPDX-License-Identifier: Apache-2.0

/// Wakes a task when there is something for it to do; ringing it twice is ringing it once.
package final class Doorbell: Sendable {
    /// For a task that does nothing but listen.
    package let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func ring() { continuation.yield() }

    /// Returns when it rings, or when the task is cancelled.
    package func wait() async {
        for await _ in rings { break }
    }

    /// Returns when it rings, at the latest after `limit`, or when the task is cancelled.
    package func wait(atMost limit: Duration) async {
        let timer = Task {
            // Cancelled, it must not ring: the next wait would end at once, and all that follow.
            guard (try? await Task.sleep(for: limit)) != nil else { return }
            ring()
        }
        await wait()
        timer.cancel()
    }
}
