// SPDX-License-Identifier: Apache-2.0

internal import POSIX

/// Reads the entries of one use of a file, in pieces: all of them may be more than memory is to hold.
struct JournalReader {
    private let file: JournalFile
    private var bytes: ArraySlice<UInt8> = []
    private var offset: Int64 = 0

    /// Of the first frame; nil in a file that has none.
    private(set) var epoch: Int64?

    private static let piece = 64 << 10

    init(_ file: JournalFile) throws(SystemError) {
        self.file = file
        epoch = try frame()?.epoch
    }

    /// How many entries it is past, those included that cannot be read.
    private(set) var count = 0

    /// Whether an entry was passed over, because its bytes are not those that were written.
    private var hasPassedOver = false

    /// The next entry that can be read; nil behind the last.
    mutating func next() throws(SystemError) -> LogEntry? {
        while let bytes = try nextBytes() {
            if let entry = bytes.flatMap({ LogEntry($0) }) { return entry }
            hasPassedOver = true
        }
        return nil
    }

    /// Whether there is something else than an end behind the last entry, or in the place of one.
    ///
    /// After a power failure that may be half of what nobody was told of.
    var isDamaged: Bool { hasPassedOver || !bytes.isEmpty && Frame(bytes)?.isEnd(of: epoch) != true }

    /// Passes over the next entry, if there is one.
    mutating func skip() throws(SystemError) -> Bool { try nextBytes() != nil }

    /// The bytes of the next entry, nil where they are not whole.
    private mutating func nextBytes() throws(SystemError) -> ArraySlice<UInt8>?? {
        guard let frame = try frame(), frame.epoch == epoch, frame.length > 0 else { return nil }
        try fill(Frame.size + frame.length)
        let entry = bytes.dropFirst(Frame.size).prefix(frame.length)
        guard entry.count == frame.length else { return nil }
        bytes = bytes.dropFirst(Frame.size + frame.length)
        count += 1
        return .some(frame.isWhole(entry) ? entry : nil)
    }

    private mutating func frame() throws(SystemError) -> Frame? {
        try fill(Frame.size)
        return Frame(bytes)
    }

    /// Reads on until there are `count` bytes, or no more.
    private mutating func fill(_ count: Int) throws(SystemError) {
        while bytes.count < count {
            let more = try file.read(max(Self.piece, count - bytes.count), at: offset)
            guard !more.isEmpty else { return }
            offset += Int64(more.count)
            bytes = bytes + more
        }
    }
}
