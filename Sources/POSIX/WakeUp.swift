// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Wakes a thread that waits for a descriptor, for good (eventfd(2)).
package final class WakeUp: Sendable {
    /// Readable once it has rung.
    let descriptor: Int32

    package init() throws(SystemError) {
        descriptor = try systemCall("making an eventfd") {
            eventfd(0, clinux_efd_cloexec | clinux_efd_nonblock)
        }
    }

    deinit { close(descriptor) }

    /// From any thread.
    package func ring() { eventfd_write(descriptor, 1) }

    /// Waits until it rings, at most for `limit`.
    ///
    /// - Returns: Whether it has rung.
    package func wait(atMost limit: Duration) throws(SystemError) -> Bool {
        // A negative descriptor is one that poll(2) skips.
        try wait(or: -1, atMost: limit)
    }

    /// The same, or until there is something to read from `other`.
    func wait(or other: Int32, atMost limit: Duration) throws(SystemError) -> Bool {
        try readiness(or: other, atMost: limit).isRung
    }

    /// The same, and whether there is something to read.
    func readiness(
        or other: Int32,
        atMost limit: Duration
    ) throws(SystemError) -> (isRung: Bool, hasInput: Bool) {
        var descriptors = [descriptor, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let (seconds, attoseconds) = max(limit, .zero).components
        // Rounded up: just before the time is up, zero milliseconds would be a busy loop.
        let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        try systemCall("waiting for changes") { unsafe poll(&descriptors, 2, Int32(clamping: milliseconds)) }
        return (descriptors[0].revents != 0, descriptors[1].revents != 0)
    }
}
