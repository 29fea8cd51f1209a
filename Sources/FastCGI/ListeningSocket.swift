// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A listening socket, owned: closed when the last reference goes.
///
/// It is bound here rather than by `FCGX_OpenSocket`, which ends the process when it fails and leaves the
/// socket open to everyone. It is never `shutdown()`: other processes may share it.
package final class ListeningSocket: Sendable {
    let descriptor: Int32

    /// The file to remove at the end, where this process made it.
    private let file: SocketFile?

    /// Whether anything but this machine can connect, so that an operator can be warned: whoever speaks to
    /// the socket is believed to be nginx.
    package let isReachableFromOutside: Bool

    private init(owning descriptor: Int32, file: SocketFile? = nil, isReachableFromOutside: Bool = false) {
        self.descriptor = descriptor
        self.file = file
        self.isReachableFromOutside = isReachableFromOutside
    }

    deinit {
        file?.remove()
        close(descriptor)
    }

    /// Makes accepting give up where nobody waits.
    ///
    /// Asked for again before each round, because the socket is shared: several processes may wait for the same
    /// connection, and systemd makes it block whenever it runs another command of the unit (ExecReload=).
    func makeNonblocking() { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }

    /// The socket that spawn-fcgi or systemd passes as standard input.
    ///
    /// Descriptor 0 is pointed at /dev/null afterwards, so that closing this object closes the socket.
    package static func inherited() throws(FastCGIError) -> ListeningSocket {
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening != 0
        else {
            throw FastCGIError(
                .notListening,
                "standard input is not a listening socket: start with spawn-fcgi or systemd "
                    + "(StandardInput=socket), or give --listen unix:PATH or --listen HOST:PORT"
            )
        }
        let address = try SocketAddress(ofSocket: 0)
        try sendAtOnce(0, address)
        let descriptor = try duplicate(0)
        let null = try systemCall("opening /dev/null") { unsafe open("/dev/null", O_RDONLY | O_CLOEXEC) }
        try systemCall("replacing standard input") { dup2(null, 0) }
        close(null)
        return ListeningSocket(owning: descriptor, isReachableFromOutside: !address.isLocal)
    }

    /// Binds and listens.
    ///
    /// A Unix socket gets mode 0660: its owner and group may be nginx's, nobody else.
    package static func bound(to address: ListenAddress) throws(FastCGIError) -> ListeningSocket {
        let socketAddress: SocketAddress
        switch address {
        case .unix(let path):
            socketAddress = SocketAddress(unixPath: path)
            try removeStaleSocket(at: path, socketAddress)
        case .tcp(let host, let port):
            socketAddress = try SocketAddress(host: host, port: port)
        }
        let descriptor = try systemCall("making a socket") {
            socket(socketAddress.family, streamSocket | closeOnExec | nonBlocking, 0)
        }
        do {
            try bindAndListen(descriptor, socketAddress, named: address)
        } catch {
            close(descriptor)
            throw error
        }
        return ListeningSocket(
            owning: descriptor,
            file: address.path.flatMap(SocketFile.init),
            isReachableFromOutside: !socketAddress.isLocal
        )
    }

    /// A second descriptor of the same socket, for one more event loop.
    package func duplicate() throws(FastCGIError) -> ListeningSocket {
        ListeningSocket(owning: try Self.duplicate(descriptor))
    }

    private static func duplicate(_ descriptor: Int32) throws(FastCGIError) -> Int32 {
        try systemCall("duplicating the listening socket") { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) }
    }

    private static func bindAndListen(
        _ descriptor: Int32,
        _ socketAddress: SocketAddress,
        named address: ListenAddress
    ) throws(FastCGIError) {
        var on: Int32 = 1
        try systemCall("setting SO_REUSEADDR for \(address)") {
            unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        try sendAtOnce(descriptor, socketAddress)
        // The file gets the socket's mode less the umask, so that nobody else may connect before its mode is set. The
        // umask itself is the whole process's: files that other threads make meanwhile would get it, too.
        let mode: mode_t = 0o660
        if address.path != nil {
            try systemCall("setting the mode of \(address)") { fchmod(descriptor, mode) }
        }
        try systemCall("binding \(address)") {
            unsafe socketAddress.withPointer { unsafe bind(descriptor, $0, $1) }
        }
        if let path = address.path {
            try systemCall("setting the mode of \(address)") { unsafe chmod(path, mode) }
        }
        try systemCall("listening on \(address)") { listen(descriptor, SOMAXCONN) }
    }

    /// A reply is two small writes: Nagle's algorithm would hold the second one back.
    ///
    /// Connections inherit it from the socket that accepts them (tcp(7)).
    private static func sendAtOnce(_ descriptor: Int32, _ address: SocketAddress) throws(FastCGIError) {
        guard address.family != AF_UNIX else { return }
        var on: Int32 = 1
        try systemCall("setting TCP_NODELAY") {
            unsafe setsockopt(
                descriptor,
                Int32(IPPROTO_TCP),
                TCP_NODELAY,
                &on,
                socklen_t(MemoryLayout<Int32>.size)
            )
        }
    }

    /// A socket that a killed process left behind is removed; one that answers is not ours to take.
    private static func removeStaleSocket(at path: String, _ address: SocketAddress) throws(FastCGIError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw FastCGIError(.addressInUse, "'\(path)' exists and is not a socket: give another path")
        }
        let probe = try systemCall("making a socket") { socket(AF_UNIX, streamSocket | closeOnExec, 0) }
        defer { close(probe) }
        let answer = unsafe address.withPointer { unsafe connect(probe, $0, $1) }
        guard answer != 0, errno == ECONNREFUSED else {
            throw FastCGIError(.addressInUse, "'\(path)' is in use: stop the process that listens there")
        }
        unsafe unlink(path)
    }
}

/// A socket in the file system, remembered by what it is: by the time this process ends, another one may
/// have put its own in the same place.
private struct SocketFile {
    let path: String
    let device: dev_t
    let inode: ino_t

    init?(_ path: String) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    func remove() {
        if let now = SocketFile(path), now.device == device, now.inode == inode { unsafe unlink(path) }
    }
}

/// Glibc declares socket types as an enumeration.
private let streamSocket = Int32(SOCK_STREAM.rawValue)
private let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)
private let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)
