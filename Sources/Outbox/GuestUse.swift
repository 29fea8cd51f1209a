// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import POSIX

/// What somebody who is not the service does with its outbox.
package enum GuestUse: Sendable {
    case reading
    case writing

    /// Finds out whether the file at `path` is there and may be used so.
    ///
    /// It is not opened for that: to close it again would drop this process's locks on it (fcntl(2)).
    func check(_ path: String) throws(OutboxError) {
        let status: FileStatus
        do throws(SystemError) { status = try FileStatus(of: path) } catch {
            switch error.errno {
            case ENOENT, ENOTDIR:
                throw OutboxError(
                    .absent,
                    "there is no outbox '\(path)' yet: the service makes it; does stateDirectory name its folder?"
                )
            case EACCES:
                throw OutboxError(.forbidden, "\(error): run this as the user that serves")
            default: throw OutboxError(.unavailable, "\(error)")
            }
        }
        guard unsafe access(path, self == .reading ? R_OK : R_OK | W_OK) == 0 else {
            throw OutboxError(
                .forbidden,
                "'\(path)' belongs to the user \(status.owner): run this as that user, with sudo -u \(status.owner)"
            )
        }
    }
}
