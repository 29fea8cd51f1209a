// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX
import TestSupport

/// The sink's lock, held as another process would: every refresh waits meanwhile.
final class SinkLock {
    private let descriptor: Int32

    init(_ sink: SinkObserver) throws {
        let path = "\(sink.directory)/.lock"
        var descriptor: Int32 = -1
        // The responder makes it with its first look at the sink, which nobody waits for.
        try eventually("'\(path)' is there") {
            descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
            return descriptor >= 0
        }
        self.descriptor = descriptor
        try systemCall("locking '\(path)'") { flock(descriptor, LOCK_EX) }
    }

    deinit { close(descriptor) }

    func unlock() { flock(descriptor, LOCK_UN) }
}
