// SPDX-License-Identifier: Apache-2.0

private import CLinux

/// Lets all threads share so many of malloc's pools.
///
/// Each thread would have one to itself, and keep in it what it once needed. Call it before threads are started.
package func limitMemoryPools(to count: Int32) { clinux_limit_arenas(count) }
