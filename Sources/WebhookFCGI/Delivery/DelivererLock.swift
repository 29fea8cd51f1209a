// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX

/// The right to deliver, held by one process of all that share a state directory.
final class DelivererLock: Sendable {
    private let descriptor: Int32

    /// Nil while another process holds it.
    init?(in directory: String) throws(SystemError) {
        try Folder.make(directory)
        let path = "\(directory)/deliverer.lock"
        descriptor = try systemCall("opening '\(path)'") {
            unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
    }

    /// Lets another process deliver; the end of the process does the same.
    func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}
