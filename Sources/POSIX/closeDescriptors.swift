// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// Starts a program without any descriptor from `first` on; `actions` is a `posix_spawn_file_actions_t`.
///
/// Not everything that is open is closed by itself when a program starts, and what it inherits stays open for as
/// long as it runs: whoever reads from a pipe waits for its end until then.
package func closeDescriptors(of actions: UnsafeMutableRawPointer, from first: Int32) {
    // It fails only for a negative number.
    _ = unsafe clinux_close_from(actions, first)
}
