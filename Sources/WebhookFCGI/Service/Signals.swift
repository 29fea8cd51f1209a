// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The signals an operator sends.
///
/// They are blocked in every thread and taken from the queue by the main one, so that nothing ever runs
/// inside a signal handler.
struct Signals {
    private var set = sigset_t()

    /// Blocks the signals; call before any thread is started.
    init() {
        unsafe sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR1] { unsafe sigaddset(&set, signal) }
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Reloads and reopens as asked, and returns when the process should end.
    func handleUntilStopped(_ service: Service) {
        var set = set
        while true {
            var signal: Int32 = 0
            guard unsafe sigwait(&set, &signal) == 0 else { continue }
            switch signal {
            case SIGHUP: service.reload()
            case SIGUSR1: service.reopenLog()
            default: return
            }
        }
    }
}

/// Every connection is a descriptor, and the usual limit of 1,024 is low: takes what the administrator allows.
func raiseFileLimit() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard unsafe getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    unsafe setrlimit(resource, &limit)
}
