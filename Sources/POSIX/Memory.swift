// SPDX-License-Identifier: Apache-2.0

private import CLinux

/// What malloc does with memory that is free.
package enum Memory {
    /// Lets all threads share so many pools of it; call it before threads are started.
    ///
    /// Each thread would have one to itself, and keep in it what it once needed.
    package static func limitPools(to count: Int32) { clinux_limit_arenas(count) }

    /// Gives it back to the system, after something that needed much for a moment.
    package static func giveBack() { clinux_trim() }
}
