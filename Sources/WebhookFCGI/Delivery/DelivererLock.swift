// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX

/// The right to deliver, held by one process of all that share a state directory.
final class DelivererLock: Sendable {
    private let file: Descriptor

    /// Nil while another process holds it.
    init?(in directory: String) throws(SystemError) {
        try Folder.make(directory)
        file = try Descriptor(opening: "\(directory)/deliverer.lock", O_RDWR | O_CREAT, mode: 0o600)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { return nil }
    }

    /// Lets another process deliver; the end of the process does the same.
    func release() { flock(file.number, LOCK_UN) }
}
