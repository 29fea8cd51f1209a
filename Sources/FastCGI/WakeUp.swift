// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Wakes an event loop from another thread (eventfd(2)).
///
/// It stays readable: there is one thing to say, stop.
final class WakeUp: Sendable {
    let descriptor: Int32

    init() throws(FastCGIError) {
        descriptor = try systemCall("making an eventfd") { eventfd(0, clinux_efd_cloexec) }
    }

    deinit { close(descriptor) }

    func callAsFunction() { _ = eventfd_write(descriptor, 1) }
}
