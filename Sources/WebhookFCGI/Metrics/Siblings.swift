// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import POSIX

/// The processes that share the outbox: whichever is asked for metrics tells what all of them have counted.
///
/// Each keeps a sheet in a folder, and a lock on a file beside it for as long as it lives. What a dead one had counted
/// is taken over by another, for a sum that falls looks like a new beginning of everything; where nobody is left alive,
/// it is a new beginning.
struct Siblings: ~Copyable {
    private let folder: String
    private let name = "\(getpid())-\(Timestamp.now().microseconds)"

    /// Held for as long as this process lives.
    private var life: FileLock?

    /// What processes that are gone had counted.
    private var inherited = Sheet(version: version)

    /// What was written last, and when.
    private var written: (sheet: Sheet, time: ContinuousClock.Instant)?

    /// What nobody counts on, only looks at, need not be written every time.
    private static let usageInterval = Duration.seconds(10)

    init(in stateDirectory: String) { folder = "\(stateDirectory)/processes" }

    /// Writes down what this process has counted, and reads what the others have.
    ///
    /// - Returns: A sheet for each other process, and one for those that are gone.
    mutating func exchange(_ own: Sheet) throws(SystemError) -> [Sheet] {
        try Folder.make(folder)
        // One at a time, or two would take over the same sheet.
        guard let turn = try FileLock(at: "\(folder)/.lock", mode: 0o600, within: .milliseconds(100)) else {
            throw SystemError(errno: EWOULDBLOCK, doing: "locking '\(folder)/.lock'")
        }
        let isFirst = written == nil
        try live()
        let (living, dead) = try others()
        if !isFirst || !living.isEmpty { for sheet in dead.compactMap({ read($0) }) { inherited.add(sheet) } }
        var sum = own
        sum.add(inherited)
        try write(sum, isAwaited: !living.isEmpty)
        // Only now, for what this process has taken over has to be somewhere.
        for name in dead {
            for ending in ["json", "json.new", "lock"] { unsafe unlink("\(folder)/\(name).\(ending)") }
        }
        let sheets = living.compactMap { read($0) }.filter { $0.version == version }
        turn.release()
        return sheets + [inherited]
    }

    /// Anew when somebody has emptied the folder.
    private mutating func live() throws(SystemError) {
        let path = "\(folder)/\(name).lock"
        if life != nil, (try? FileStatus(of: path)) != nil { return }
        written = nil
        life = try FileLock(at: path, mode: 0o600)
    }

    private func others() throws(SystemError) -> (living: [String], dead: [String]) {
        var (living, dead): ([String], [String]) = ([], [])
        for file in try Folder.names(in: folder) where file.hasSuffix(".lock") && file != ".lock" {
            let other = String(file.dropLast(".lock".count))
            guard other != name else { continue }
            if let lock = try FileLock(at: "\(folder)/\(file)", mode: 0o600) {
                lock.release()
                dead.append(other)
            } else {
                living.append(other)
            }
        }
        return (living, dead)
    }

    private mutating func write(_ sheet: Sheet, isAwaited: Bool) throws(SystemError) {
        if let written, written.sheet.hasSameCounts(as: sheet),
            !isAwaited || .now - written.time < Self.usageInterval
        {
            return
        }
        guard let json = try? JSONEncoder().encode(sheet) else { return }
        let path = "\(folder)/\(name).json"
        let file = try Descriptor(opening: "\(path).new", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        try file.write(Array(json), to: "\(path).new")
        try systemCall("renaming '\(path).new'") { unsafe rename("\(path).new", path) }
        written = (sheet, .now)
    }

    /// Nil where there is none yet, or none that can be read.
    private func read(_ name: String) -> Sheet? {
        let path = "\(folder)/\(name).json"
        guard let file = try? Descriptor(opening: path, O_RDONLY),
            let json = try? file.read(upTo: 64 << 20, from: path)
        else { return nil }
        return try? JSONDecoder().decode(Sheet.self, from: Data(json))
    }
}

extension Sheet {
    /// Whether there is no more to add up; processor time always is.
    fileprivate func hasSameCounts(as other: Sheet) -> Bool {
        receivers == other.receivers
            && counts.filter { $0.key != Metric.processCPU.name }
                == other.counts.filter { $0.key != Metric.processCPU.name }
    }
}
