// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Where libfcgi reads heads from, so that it never reads what a peer sends.
///
/// A pair of sockets: a pipe may be smaller than a head for a user who has many.
final class HeadChannel {
    private let input: Int32

    /// Where libfcgi reads; it closes that when it does not like what it reads.
    let output: Int32
    private var isOutputClosed = false

    init() throws(FastCGIError) {
        var ends: [Int32] = [-1, -1]
        // It never blocks: a head is written whole before it is read.
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        try systemCall("making a pair of sockets") { unsafe socketpair(AF_UNIX, type, 0, &ends) }
        (input, output) = (ends[0], ends[1])
    }

    deinit {
        close(input)
        if !isOutputClosed { close(output) }
    }

    /// Makes `records` readable; false where there is no room for them.
    func send(_ records: [UInt8]) -> Bool {
        let count = try? systemCall("sending a head") {
            unsafe records.withUnsafeBytes {
                unsafe Glibc.send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
        }
        return count == records.count
    }

    /// libfcgi has closed its end.
    func outputWasClosed() { isOutputClosed = true }
}
