// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// An epoll instance that says which descriptors can be read or written (epoll(7)), level-triggered.
@safe struct Epoll: ~Copyable {
    private let descriptor: Int32
    private var events = unsafe [epoll_event](repeating: epoll_event(), count: 256)

    init() throws(FastCGIError) {
        descriptor = try systemCall("making an epoll instance") { epoll_create1(clinux_epoll_cloexec) }
    }

    deinit { close(descriptor) }

    /// Watches `other` for input.
    ///
    /// `isShared` is for a listening socket that several loops wait for: one of them wakes for a connection,
    /// not all.
    func add(_ other: Int32, isShared: Bool = false) throws(FastCGIError) {
        var event = unsafe epoll_event()
        unsafe event.events = clinux_epollin | (isShared ? clinux_epollexclusive : 0)
        unsafe event.data.fd = other
        try systemCall("watching a descriptor") { unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, other, &event) }
    }

    /// Watches `other` for room for output, and for nothing else.
    func addForOutput(_ other: Int32) throws(FastCGIError) {
        var event = unsafe epoll_event()
        unsafe event.events = clinux_epollout
        unsafe event.data.fd = other
        try systemCall("watching a descriptor") { unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, other, &event) }
    }

    func remove(_ other: Int32) {
        epoll_ctl(descriptor, EPOLL_CTL_DEL, other, nil)
    }

    /// Waits, for ever without a `timeout`, and returns the descriptors of which what is watched for has come.
    mutating func wait(timeout: Duration?) throws(FastCGIError) -> [Int32] {
        let milliseconds = timeout.map { timeout in
            let (seconds, attoseconds) = timeout.components
            // Rounded up: just before the time is up, zero milliseconds would be a busy loop.
            return Int32(
                clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
            )
        }
        let capacity = unsafe Int32(events.count)
        let count = try systemCall("waiting for connections") {
            unsafe epoll_wait(descriptor, &events, capacity, milliseconds ?? -1)
        }
        return unsafe events.prefix(Int(count)).map { unsafe $0.data.fd }
    }
}
