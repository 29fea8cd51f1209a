// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX

/// A connected socket that blocks, though not for ever: a peer that does not answer fails the test.
package final class Socket: Sendable {
    package let descriptor: Int32

    /// A Unix socket.
    package init(path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < 108 else { throw Failure("'\(path)' is too long for a socket") }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        descriptor = try Self.connect(AF_UNIX, address)
    }

    /// A port of this machine.
    package init(port: UInt16) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        descriptor = try Self.connect(AF_INET, address)
    }

    deinit { close(descriptor) }

    package func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try systemCall("sending") {
                unsafe rest.withUnsafeBytes {
                    unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
            }
            rest = rest.dropFirst(count)
        }
    }

    /// What comes next, empty at the end.
    package func receive(atMost limit: Int = 16384) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = try systemCall("receiving") { unsafe recv(descriptor, &buffer, buffer.count, 0) }
        return Array(buffer.prefix(count))
    }

    /// Tells the peer that nothing more will come.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    private static func connect(_ family: Int32, _ address: some BitwiseCopyable) throws -> Int32 {
        let descriptor = try systemCall("making a socket") {
            socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        }
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(descriptor, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size))
        }
        do {
            try systemCall("connecting") {
                unsafe withUnsafeBytes(of: address) { bytes in
                    let size = socklen_t(bytes.count)
                    return unsafe Glibc.connect(
                        descriptor,
                        bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                        size
                    )
                }
            }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }
}
