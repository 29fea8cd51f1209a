// SPDX-License-Identifier: Apache-2.0

import Config
import Logging
import POSIX

/// What a log lacks because its disk was full, or because nobody read it.
struct LogLoss {
    private var droppedLines = 0

    /// Whether it ends within a line.
    private var isCut = false

    /// What has to be written before the next line, mostly nothing.
    func text(_ format: LogFormat) -> [UInt8] {
        guard droppedLines > 0 else { return [] }
        var line = LogLine(format, time: .now(), level: .warning, message: "log lines were dropped")
        line.append("count", number: droppedLines)
        return (isCut ? [UInt8(ascii: "\n")] : []) + line.encoded
    }

    /// Of `head`, which says what is missing since an `earlier` loss, and the lines after it only so many `bytes`
    /// could be written.
    mutating func add(_ earlier: LogLoss, _ head: [UInt8], _ lines: [UInt8], after bytes: Int) {
        let newline = UInt8(ascii: "\n")
        if bytes < head.count { droppedLines += earlier.droppedLines }
        droppedLines += lines.dropFirst(max(0, bytes - head.count)).count { $0 == newline }
        let last = bytes > head.count ? lines[bytes - head.count - 1] : bytes > 0 ? head[bytes - 1] : nil
        isCut = isCut || (last.map { $0 != newline } ?? earlier.isCut)
    }
}
