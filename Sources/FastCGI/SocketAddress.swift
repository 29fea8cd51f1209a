// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A `sockaddr` of any family, as a value.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length: socklen_t

    init(unixPath path: String) {
        length = socklen_t(MemoryLayout<sockaddr_un>.size)
        unsafe withUnsafeMutableBytes(of: &storage) { storage in
            unsafe storage.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
            let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? MemoryLayout<sa_family_t>.size
            for (index, byte) in path.utf8.enumerated() { unsafe storage[offset + index] = byte }
        }
    }

    /// Resolves `host`, which may be a name.
    init(host: String, port: UInt16) throws(FastCGIError) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0, let first = unsafe list, let address = unsafe first.pointee.ai_addr else {
            let reason = unsafe String(cString: gai_strerror(code))
            throw FastCGIError(.invalidAddress, "'\(host)': \(reason); give an address such as 127.0.0.1")
        }
        defer { unsafe freeaddrinfo(first) }
        length = unsafe first.pointee.ai_addrlen
        unsafe withUnsafeMutableBytes(of: &storage) {
            unsafe $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
        }
    }

    /// The address that a socket is bound to.
    init(ofSocket descriptor: Int32) throws(FastCGIError) {
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var storage = sockaddr_storage()
        try systemCall("reading the socket's address") {
            unsafe withUnsafeMutablePointer(to: &storage) {
                unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getsockname(descriptor, $0, &length)
                }
            }
        }
        self.storage = storage
        self.length = length
    }

    var family: Int32 { Int32(storage.ss_family) }

    /// A Unix socket or a loopback address: nobody outside this machine can connect.
    var isLocal: Bool {
        unsafe withUnsafeBytes(of: storage) { bytes in
            switch family {
            case AF_UNIX: true
            case AF_INET:
                unsafe bytes.load(as: sockaddr_in.self).sin_addr.s_addr.bigEndian >> 24 == 127
            case AF_INET6:
                unsafe withUnsafeBytes(of: bytes.load(as: sockaddr_in6.self).sin6_addr) {
                    unsafe $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1
                }
            default: false
            }
        }
    }

    func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        unsafe withUnsafePointer(to: storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}
