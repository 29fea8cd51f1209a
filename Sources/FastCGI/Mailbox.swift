// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
internal import NIOConcurrencyHelpers

/// What other threads tell an event loop; telling it something wakes it (eventfd(2)).
final class Mailbox: Sendable {
    /// Readable while there is something to take.
    let descriptor: Int32
    private let contents = NIOLockedValueBox(Contents())

    struct Contents {
        /// Replies to requests that are held open.
        var replies: [(identifier: UInt64, reply: @Sendable () -> Reply)] = []
        var isStopping = false
    }

    init() throws(FastCGIError) {
        descriptor = try systemCall("making an eventfd") {
            eventfd(0, clinux_efd_cloexec | clinux_efd_nonblock)
        }
    }

    deinit { close(descriptor) }

    func post(_ reply: @escaping @Sendable () -> Reply, for identifier: UInt64) {
        contents.withLockedValue { $0.replies.append((identifier, reply)) }
        eventfd_write(descriptor, 1)
    }

    func stop() {
        contents.withLockedValue { $0.isStopping = true }
        eventfd_write(descriptor, 1)
    }

    /// Empties the mailbox; that it is stopping stays true.
    func take() -> Contents {
        var count: eventfd_t = 0
        unsafe eventfd_read(descriptor, &count)
        return contents.withLockedValue { contents in
            defer { contents.replies = [] }
            return contents
        }
    }
}
