// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX

/// An open log file, closed when nobody writes to it any more.
final class LogFile: Sendable {
    private let descriptor: Int32

    init?(_ path: String?) throws(SystemError) {
        guard let path else { return nil }
        descriptor = try systemCall("opening the log file '\(path)'") {
            // A pipe that nobody reads must stop neither the start nor a delivery: it is an error, or drops lines.
            unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o640)
        }
    }

    deinit { close(descriptor) }

    /// Writes in one step, and returns how many bytes there was room for.
    func write(_ bytes: [UInt8]) -> Int {
        unsafe bytes.withUnsafeBytes { max(0, unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)) }
    }
}
