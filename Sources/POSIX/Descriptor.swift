// SPDX-License-Identifier: Apache-2.0

package import Glibc

/// An open file descriptor, closed at the end of its life.
package struct Descriptor: ~Copyable {
    package let number: Int32

    /// Takes over a descriptor that something else opened.
    package init(owning number: Int32) { self.number = number }

    /// Opens `path` (open(2)); it never leaks into a program that is started.
    package init(opening path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemError) {
        number = try systemCall("opening '\(path)'") { openFile(path, flags | O_CLOEXEC, mode) }
    }

    deinit { close(number) }

    /// Writes all of `bytes`; `path` is for the error.
    package borrowing func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let descriptor = number
            offset += try systemCall("writing '\(path)'") {
                unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.write(
                        descriptor,
                        buffer.baseAddress?.advanced(by: offset),
                        buffer.count - offset
                    )
                }
            }
        }
    }

    /// Reads to the end, at most `limit` bytes; `path` is for the error.
    package borrowing func read(upTo limit: Int, from path: String) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 65536))
        while bytes.count < limit {
            let descriptor = number
            let wanted = min(chunk.count, limit - bytes.count)
            let count = try systemCall("reading '\(path)'") { unsafe Glibc.read(descriptor, &chunk, wanted) }
            if count == 0 { break }
            bytes.append(contentsOf: chunk.prefix(count))
        }
        return bytes
    }
}

/// open(2) is variadic, which a closure that is `throws` cannot tell apart from its two-argument form.
private func openFile(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
    unsafe open(path, flags, mode)
}
