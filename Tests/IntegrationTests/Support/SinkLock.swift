// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX
import TestSupport

/// The sink's lock, held as another process would: every refresh waits meanwhile.
final class SinkLock {
    private let descriptor: Int32

    init(_ sink: SinkObserver) throws {
        let path = "\(sink.directory)/.lock"
        let descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(errno: errno, doing: "opening '\(path)'") }
        self.descriptor = descriptor
        try systemCall("locking '\(path)'") { flock(descriptor, LOCK_EX) }
    }

    deinit { close(descriptor) }

    func unlock() { flock(descriptor, LOCK_UN) }
}
