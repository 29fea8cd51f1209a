// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX

package enum FreePort {
    /// A port of this machine that nobody listens on now.
    package static func find() throws -> UInt16 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = try systemCall("making a socket") {
            socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        }
        defer { close(descriptor) }
        try systemCall("binding") {
            unsafe withUnsafeMutablePointer(to: &address) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    let code = unsafe bind(descriptor, pointer, size)
                    return unsafe code == 0 ? getsockname(descriptor, pointer, &size) : code
                }
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}
