// SPDX-License-Identifier: Apache-2.0

internal import POSIX

extension Journal {
    /// A file, and what is in it.
    struct Filling {
        let file: JournalFile

        /// A later use of a file has a greater one.
        let epoch: Int64
        private(set) var count = 0

        /// How many of the first are rows, or will never be.
        var done = 0
        var isDone: Bool { done >= count }

        private var end: Int64 = 0

        /// Of each file, in bytes.
        private static let limit = Int64(Frame.longestEntry)

        init(file: JournalFile, epoch: Int64) throws(SystemError) {
            try file.begin(epoch)
            (self.file, self.epoch) = (file, epoch)
        }

        /// What is written at a time, in bytes: a larger buffer would stay in memory.
        private static let piece = 64 << 10

        /// Writes all of `entries` durably, or none; `bytes` is where they are made.
        ///
        /// - Returns: Whether there was room for them.
        mutating func append(
            _ entries: [LogEntry],
            making bytes: inout [UInt8]
        ) throws(SystemError) -> Bool {
            var offset = end
            do throws(SystemError) {
                bytes.removeAll(keepingCapacity: true)
                bytes.reserveCapacity(Self.piece + Self.piece / 4)
                for (index, entry) in entries.enumerated() {
                    Frame.append(to: &bytes, epoch) { entry.write(to: &$0) }
                    guard bytes.count >= Self.piece || index == entries.count - 1 else { continue }
                    Frame.appendEnd(to: &bytes, epoch)
                    guard offset + Int64(bytes.count) <= Self.limit else {
                        file.cut(at: end)
                        return false
                    }
                    try file.write(bytes, at: offset)
                    offset += Int64(bytes.count - Frame.size)
                    bytes.removeAll(keepingCapacity: true)
                }
                try file.sync()
            } catch {
                file.cut(at: end)
                throw error
            }
            end = offset
            count += entries.count
            return true
        }
    }
}
