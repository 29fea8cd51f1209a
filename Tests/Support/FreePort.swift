// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX

package enum FreePort {
    /// A port of this machine that nobody listens on now.
    ///
    /// Below those that the kernel gives to clients (32768 and up): one of them may have it a moment later.
    package static func find() throws -> UInt16 {
        while true {
            let port = UInt16.random(in: 10_000..<32_000)
            if try isFree(port) { return port }
        }
    }

    private static func isFree(_ port: UInt16) throws -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        address.sin_port = port.bigEndian
        let descriptor = try systemCall("making a socket") {
            socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        }
        defer { close(descriptor) }
        return unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
