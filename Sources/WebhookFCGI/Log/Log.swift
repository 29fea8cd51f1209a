// SPDX-License-Identifier: Apache-2.0

import Config
import Glibc
import Logging
import NIOConcurrencyHelpers
import POSIX

/// Where the log goes: standard error, or a file that is opened anew when logrotate has moved it away.
///
/// Every line is one write(2) to a descriptor in append mode, so lines of several processes do not mix.
final class Log: Sendable {
    private let state: NIOLockedValueBox<Output>

    /// The settings in force and the file they name; nil stands for standard error.
    private struct Output {
        var settings: Settings.Log
        var file: LogFile?
    }

    /// Opens the file that `settings` name.
    init(_ settings: Settings.Log) throws(SystemError) {
        state = NIOLockedValueBox(Output(settings: settings, file: try LogFile(settings.file)))
    }

    var settings: Settings.Log { state.withLockedValue(\.settings) }

    /// Opens the file again, also under other settings.
    ///
    /// When it fails, the log goes on as before.
    func reopen(_ settings: Settings.Log? = nil) throws(SystemError) {
        let settings = settings ?? self.settings
        let output = Output(settings: settings, file: try LogFile(settings.file))
        state.withLockedValue { $0 = output }
    }

    /// Whether lines of `level` are wanted.
    func includes(_ level: Logger.Level) -> Bool { level >= settings.level.swiftLog }

    /// Writes whole lines.
    ///
    /// A log that cannot be written stops nothing: the deliveries matter more.
    func write(_ lines: String) {
        let file = state.withLockedValue(\.file)
        var lines = lines
        lines.withUTF8 {
            _ = unsafe Glibc.write(file?.descriptor ?? STDERR_FILENO, $0.baseAddress, $0.count)
        }
    }

    /// A logger for everything that is no delivery.
    var logger: Logger { Logger(label: "webhook-fcgi", factory: { _ in LineLogHandler(log: self) }) }
}

extension LogLevel {
    /// The same level under swift-log's name.
    var swiftLog: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}

/// An open log file, closed when nobody writes to it any more.
private final class LogFile: Sendable {
    let descriptor: Int32

    init?(_ path: String?) throws(SystemError) {
        guard let path else { return nil }
        descriptor = try systemCall("opening the log file '\(path)'") {
            // A pipe that nobody reads must stop neither the start nor a delivery: it is an error, or drops lines.
            unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o640)
        }
    }

    deinit { close(descriptor) }
}
