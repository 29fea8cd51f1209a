// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What ends a command that goes on by itself: SIGINT, SIGTERM, or that nobody reads its output any more.
struct StopSignal {
    private var set = sigset_t()

    /// Call before any thread is started: the signals are blocked in all of them, and taken when it suits.
    init() {
        unsafe sigemptyset(&set)
        for signal in [SIGINT, SIGTERM] { unsafe sigaddset(&set, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for `duration`, or until it is time to stop.
    func comes(within duration: Duration) -> Bool {
        if isOutputClosed { return true }
        var set = set
        let (seconds, attoseconds) = duration.components
        var time = timespec()
        (time.tv_sec, time.tv_nsec) = (Int(seconds), Int(attoseconds / 1_000_000_000))
        return unsafe sigtimedwait(&set, nil, &time) > 0 || isOutputClosed
    }

    /// Whether the other end of the pipe is closed that standard output may be.
    private var isOutputClosed: Bool {
        var descriptor = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return unsafe poll(&descriptor, 1, 0) > 0 && descriptor.revents & Int16(POLLERR) != 0
    }
}
