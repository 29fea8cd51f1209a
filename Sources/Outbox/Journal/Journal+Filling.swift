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

        /// As far as the file goes, whatever is in it.
        private var size: Int64

        /// Of each file, in bytes.
        private static let limit = Int64(Frame.longestEntry)

        init(file: JournalFile, epoch: Int64) throws(SystemError) {
            try file.begin(epoch)
            (self.file, self.epoch) = (file, epoch)
            size = try file.size()
        }

        /// What is written at a time, in bytes: a larger buffer would stay in memory.
        private static let piece = 64 << 10

        /// Writes all of `entries` durably, or none; `bytes` is where they are made.
        ///
        /// The head of the first comes last, over the end that is there: whoever is killed before leaves the file as it was.
        ///
        /// - Returns: Whether there was room for them.
        mutating func append(
            _ entries: [LogEntry],
            making bytes: inout [UInt8]
        ) throws(SystemError) -> Bool {
            var offset = end
            var head: [UInt8] = []
            do throws(SystemError) {
                bytes.removeAll(keepingCapacity: true)
                bytes.reserveCapacity(Self.piece + Self.piece / 4)
                for (index, entry) in entries.enumerated() {
                    Frame.append(to: &bytes, epoch) { entry.write(to: &$0) }
                    let isLast = index == entries.count - 1
                    guard bytes.count >= Self.piece || isLast else { continue }
                    if isLast { Frame.appendEnd(to: &bytes, epoch) }
                    guard offset + Int64(bytes.count) <= Self.limit else {
                        cut()
                        return false
                    }
                    let skipped = head.isEmpty ? Frame.size : 0
                    if head.isEmpty { head = Array(bytes.prefix(Frame.size)) }
                    try file.write(bytes[skipped...], at: offset + Int64(skipped))
                    offset += Int64(bytes.count)
                    bytes.removeAll(keepingCapacity: true)
                }
                extend(to: offset)
                try file.write(head[...], at: end)
                try file.sync()
            } catch {
                cut()
                throw error
            }
            end = offset - Int64(Frame.size)
            count += entries.count
            return true
        }

        /// Gives back the space behind the entries.
        mutating func cut() {
            file.end(epoch, at: end)
            size = end + Int64(Frame.size)
        }

        /// By how much a file is made longer at a time, in bytes, and not by more than it has.
        ///
        /// A sync also has to write where a file ends when that has changed, which costs as much again; so it changes rarely.
        private static let step: Int64 = 1 << 20

        /// Makes room for what comes next where the file has just been written to its `newEnd`.
        ///
        /// Zeros, for space that was only promised is a change of the file for the next sync as well.
        private mutating func extend(to newEnd: Int64) {
            guard newEnd > size else { return }
            size = newEnd
            let zeros = [UInt8](repeating: 0, count: Self.piece)
            let room = min(newEnd + min(Self.step, max(newEnd, Int64(Self.piece))), Self.limit)
            var end = newEnd
            while end < room {
                let count = min(room - end, Int64(zeros.count))
                // What little space there is left is for others.
                guard (try? file.write(zeros.prefix(Int(count)), at: end)) != nil else {
                    return file.cut(at: newEnd)
                }
                end += count
            }
            size = end
        }
    }
}
