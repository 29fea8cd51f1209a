// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A socket that is a file, for processes of the same user (unix(7)).
package enum LocalSocket {
    /// Connects to the one at `path`; who listens has so long for each answer.
    package static func connect(to path: String, timeout: Duration) throws(SystemError) -> Descriptor {
        let socket = try make()
        try limit(socket.number, to: timeout)
        try unsafe withAddress(of: path) { address, length throws(SystemError) in
            let number = socket.number
            try systemCall("connecting to '\(path)'") { unsafe Glibc.connect(number, address, length) }
        }
        return socket
    }

    static func make() throws(SystemError) -> Descriptor {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        return Descriptor(owning: try systemCall("making a socket") { socket(AF_UNIX, type, 0) })
    }

    /// Reading and writing fail after so long.
    static func limit(_ number: Int32, to timeout: Duration) throws(SystemError) {
        let (seconds, attoseconds) = timeout.components
        var time = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        let size = socklen_t(MemoryLayout<timeval>.size)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            try systemCall("limiting a socket") { unsafe setsockopt(number, SOL_SOCKET, option, &time, size) }
        }
    }

    /// Hands the address to `body`; where the path is longer than an address, by way of its folder's descriptor.
    static func withAddress(
        of path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Void
    ) throws(SystemError) {
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard path.utf8.count > room else { return try unsafe withAddress(&address, path, body) }
        let folder = try Descriptor(opening: Folder.parent(of: path), O_RDONLY | O_DIRECTORY)
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let short = "/proc/self/fd/\(folder.number)/\(name)"
        guard short.utf8.count <= room else {
            throw SystemError(errno: ENAMETOOLONG, doing: "naming '\(path)'")
        }
        try unsafe withAddress(&address, short, body)
        _ = folder.number
    }

    private static func withAddress(
        _ address: inout sockaddr_un,
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SystemError) -> Void
    ) throws(SystemError) {
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        var result: Result<Void, SystemError> = .success(())
        unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                do throws(SystemError) {
                    try unsafe body(pointer, socklen_t(MemoryLayout<sockaddr_un>.size))
                } catch {
                    result = .failure(error)
                }
            }
        }
        try result.get()
    }
}

extension Descriptor {
    /// Writes all of `bytes` to a socket; who has gone away is an error, and no signal.
    package borrowing func send(_ bytes: [UInt8]) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let number = number
            offset += try systemCall("writing to a socket") {
                unsafe bytes.withUnsafeBytes { buffer in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[offset...])
                    return unsafe Glibc.send(
                        number,
                        rest.baseAddress,
                        rest.count,
                        Int32(MSG_NOSIGNAL)
                    )
                }
            }
        }
    }
}
