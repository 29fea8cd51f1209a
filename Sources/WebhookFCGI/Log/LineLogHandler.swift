// SPDX-License-Identifier: Apache-2.0

import Config
import Logging
import POSIX

/// Writes what libraries and the program itself log through swift-log, in the same format as deliveries.
struct LineLogHandler: LogHandler {
    let log: Log
    var metadata: Logger.Metadata = [:]

    /// The level is a setting that a reload can change for all loggers at once.
    var logLevel: Logger.Level {
        get { log.settings.level.swiftLog }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = LogLine(log.settings.format, time: .now(), level: event.level, message: "\(event.message)")
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) { line.append(key, "\(value)") }
        log.write(line.encoded)
    }
}
