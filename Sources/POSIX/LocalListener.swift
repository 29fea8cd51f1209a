// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A ``LocalSocket`` to which others of the same user connect, gone at the end of this value's life.
package struct LocalListener: ~Copyable {
    private let socket: Descriptor
    package let path: String

    /// Makes the socket with mode 0600.
    package init(at path: String) throws(SystemError) {
        let socket = try LocalSocket.make()
        let number = socket.number
        // Before there is a file: its mode is this one from the start.
        try systemCall("setting the mode of '\(path)'") { fchmod(number, 0o600) }
        try unsafe LocalSocket.withAddress(of: path) { address, length throws(SystemError) in
            try systemCall("binding '\(path)'") { unsafe bind(number, address, length) }
        }
        try systemCall("listening at '\(path)'") { listen(number, 8) }
        self.socket = socket
        self.path = path
    }

    deinit { unsafe unlink(path) }

    /// Whether the file is still there.
    package var isThere: Bool { unsafe access(path, F_OK) == 0 }

    /// What became of waiting for somebody.
    package enum Arrival: ~Copyable {
        /// The connection; reading and writing fail after `timeout`.
        case connection(Descriptor)
        case nobody
        case stopped
    }

    /// Waits until somebody connects or `stop` rings, at most for `limit`.
    package borrowing func accept(
        or stop: WakeUp,
        atMost limit: Duration,
        timeout: Duration
    ) throws(SystemError) -> Arrival {
        let number = socket.number
        let readiness = try stop.readiness(or: number, atMost: limit)
        if readiness.isRung { return .stopped }
        guard readiness.hasInput else { return .nobody }
        let connection = Descriptor(
            owning: try systemCall("accepting at '\(path)'") { clinux_accept(number) }
        )
        // It comes without waiting at all; here it is waited, for so long.
        let accepted = connection.number
        try systemCall("making a connection wait") { fcntl(accepted, F_SETFL, 0) }
        try LocalSocket.limit(accepted, to: timeout)
        return .connection(connection)
    }
}
