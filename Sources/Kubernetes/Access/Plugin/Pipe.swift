// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import POSIX

/// Both ends of a pipe, which no other program inherits.
struct Pipe: ~Copyable {
    let reading: Descriptor
    let writing: Descriptor

    init() throws(SystemError) {
        let ends = try Self.open()
        reading = Descriptor(owning: ends.reading)
        writing = Descriptor(owning: ends.writing)
    }

    private static func open() throws(SystemError) -> (reading: Int32, writing: Int32) {
        var numbers: [Int32] = [0, 0]
        try systemCall("making a pipe") { unsafe pipe(&numbers) }
        // Not in one step, because Swift's Glibc leaves pipe2(2) out; nothing else here starts programs. It can
        // fail only for a descriptor that is not open.
        for number in numbers { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
        return (numbers[0], numbers[1])
    }

    /// Closes the other end.
    consuming func intoReading() -> Descriptor { reading }
}
