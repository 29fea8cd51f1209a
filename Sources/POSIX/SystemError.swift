// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A system call that failed: what was tried, and what the system said.
package struct SystemError: Error, Sendable, CustomStringConvertible {
    package let errno: Int32

    /// For example `opening '/etc/webhook-fcgi/config.yaml'`.
    package let doing: String

    package init(errno: Int32, doing: String) {
        self.errno = errno
        self.doing = doing
    }

    /// For example `opening '/x': Permission denied (EACCES)`.
    package var description: String { "\(doing): \(Self.text(of: errno))" }

    /// For example `Permission denied (EACCES)`.
    package static func text(of errno: Int32) -> String {
        let name = unsafe clinux_errno_name(errno).map { unsafe String(cString: $0) } ?? "\(errno)"
        return "\(unsafe String(cString: strerror(errno))) (\(name))"
    }
}

/// Runs a system call that answers -1 for failure until no signal interrupts it: the one place that reads
/// `errno` and repeats after EINTR.
@discardableResult
package func systemCall<Result: FixedWidthInteger>(
    _ doing: @autoclosure () -> String,
    _ call: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = errno
        if code != EINTR { throw SystemError(errno: code, doing: doing()) }
    }
}
