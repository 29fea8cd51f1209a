// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The usual limit of 1,024 open files is too low for a thousand connections.
func raiseFileLimit() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard unsafe getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 16384))
    unsafe setrlimit(resource, &limit)
}
