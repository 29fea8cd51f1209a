// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What ends a command that goes on by itself: SIGINT, SIGTERM, or that nobody reads its output any more.
struct StopSignal {
    /// Call before any thread is started: the signals are blocked in all of them, and looked for when it suits.
    init() {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in [SIGINT, SIGTERM] { unsafe sigaddset(&set, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        // Who writes is told by write(2).
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for so long, or until nobody reads any more, and tells whether it is time to stop.
    func comes(within milliseconds: Int32) -> Bool {
        // Nothing is asked for but what a closed pipe says of itself.
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        if unsafe poll(&output, 1, milliseconds) > 0, output.revents & Int16(POLLERR) != 0 { return true }
        var pending = sigset_t()
        unsafe sigpending(&pending)
        return [SIGINT, SIGTERM].contains { unsafe sigismember(&pending, $0) == 1 }
    }
}
