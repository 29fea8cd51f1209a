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
    func text(_ format: LogFormat) -> String {
        guard droppedLines > 0 else { return "" }
        var line = LogLine(format, time: .now(), level: .warning, message: "log lines were dropped")
        line.append("count", number: droppedLines)
        return (isCut ? "\n" : "") + line.encoded
    }

    /// A line could not be written, or only so many bytes of it; nor could what an `earlier` loss adds to it.
    mutating func add(_ earlier: LogLoss, after bytes: Int) {
        droppedLines += earlier.droppedLines + 1
        isCut = isCut || bytes > 0 || earlier.isCut
    }
}
