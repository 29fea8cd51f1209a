// SPDX-License-Identifier: Apache-2.0

/// What stands before each entry of a journal.
///
/// An entry is there when its head says so and its checksum is right: what a power failure has left half-written is none.
/// Behind the last stands a frame without an entry, and then what a use before has left.
struct Frame {
    /// Which use of the file it belongs to: the time when that began, in microseconds.
    let epoch: Int64

    /// Of the entry, in bytes.
    let length: Int
    private let check: UInt64

    static let size = 24

    /// As much as a file takes.
    static let longestEntry = 64 << 20

    /// The first of them say that these are frames, and of which version.
    private static let mark: UInt32 = 0x314A_4657

    /// Adds the frame that ends a use.
    static func appendEnd(to bytes: inout [UInt8], _ epoch: Int64) { append(to: &bytes, epoch) { _ in } }

    /// Whether it ends the use to which `epoch` belongs.
    func isEnd(of epoch: Int64?) -> Bool { length == 0 && self.epoch == epoch && isWhole([]) }

    /// Adds a frame and what `write` adds to `bytes`.
    static func append(to bytes: inout [UInt8], _ epoch: Int64, write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: size))
        write(&bytes)
        let length = bytes.count - start - size
        unsafe bytes.withUnsafeMutableBytes { buffer in
            let entry = unsafe UnsafeRawBufferPointer(rebasing: buffer[(start + size)...])
            let check = unsafe checksum(entry, epoch)
            unsafe buffer.storeBytes(of: mark.littleEndian, toByteOffset: start, as: UInt32.self)
            unsafe buffer.storeBytes(
                of: UInt32(length).littleEndian,
                toByteOffset: start + 4,
                as: UInt32.self
            )
            unsafe buffer.storeBytes(of: epoch.littleEndian, toByteOffset: start + 8, as: Int64.self)
            unsafe buffer.storeBytes(of: check.littleEndian, toByteOffset: start + 16, as: UInt64.self)
        }
    }

    /// Reads the head of a frame; nil for anything else.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= Self.size else { return nil }
        let (mark, length, epoch, check) = unsafe bytes.withUnsafeBytes { buffer in
            unsafe (
                UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: 0, as: UInt32.self)),
                UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: 4, as: UInt32.self)),
                Int64(littleEndian: buffer.loadUnaligned(fromByteOffset: 8, as: Int64.self)),
                UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
            )
        }
        guard mark == Self.mark, length <= Self.longestEntry else { return nil }
        self.epoch = epoch
        self.length = Int(length)
        self.check = check
    }

    /// Whether these bytes are its entry.
    func isWhole(_ entry: ArraySlice<UInt8>) -> Bool {
        unsafe entry.count == length && entry.withUnsafeBytes { unsafe Self.checksum($0, epoch) } == check
    }

    /// Finds what a disk does to bytes, not what somebody does on purpose: eight bytes a step.
    private static func checksum(_ bytes: UnsafeRawBufferPointer, _ epoch: Int64) -> UInt64 {
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        var check = UInt64(bitPattern: epoch) ^ UInt64(bytes.count)
        func add(_ word: UInt64) {
            check = (check ^ word) &* factor
            check ^= check >> 29
        }
        let words = bytes.count / 8
        for word in 0..<words {
            add(UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self)))
        }
        for index in (words * 8)..<bytes.count { add(UInt64(unsafe bytes[index])) }
        return check
    }
}
