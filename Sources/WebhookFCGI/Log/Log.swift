// SPDX-License-Identifier: Apache-2.0

import Config
import Glibc
import Logging
import NIOConcurrencyHelpers
import POSIX

/// Where the log goes: standard error, or a file that is opened anew when logrotate has moved it away.
///
/// In a file every line is one write(2) in append mode, so lines of several processes do not mix.
final class Log: Sendable {
    private let state: NIOLockedValueBox<Output>

    /// The settings in force and the file they name; nil stands for standard error.
    private struct Output {
        var settings: Settings.Log
        var file: LogFile?
        var loss = LogLoss()
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
        let file = try LogFile(settings.file)
        state.withLockedValue { ($0.settings, $0.file) = (settings, file) }
    }

    /// Whether lines of `level` are wanted.
    func includes(_ level: Logger.Level) -> Bool { level >= settings.level.swiftLog }

    /// Writes a line, or several.
    ///
    /// A log that cannot be written stops nothing: the deliveries matter more. What is missing is said as soon as
    /// the log goes on.
    func write(_ lines: [UInt8]) {
        let (settings, file, loss) = state.withLockedValue { output in
            defer { output.loss = LogLoss() }
            return (output.settings, output.file, output.loss)
        }
        let head = loss.text(settings.format)
        let bytes = head + lines
        let count = file?.write(bytes) ?? writeToStandardError(bytes)
        guard count < bytes.count else { return }
        state.withLockedValue { $0.loss.add(loss, head, lines, after: count) }
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

/// Writes as much as nobody has to be waited for, and returns how many bytes that is.
///
/// Standard error is shared with whoever started this process, so its mode is not to be changed; what poll(2)
/// reports writable takes PIPE_BUF bytes.
private func writeToStandardError(_ bytes: [UInt8]) -> Int {
    var offset = 0
    while offset < bytes.count {
        var output = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&output, 1, 0) == 1 else { break }
        let count = unsafe bytes[offset...].prefix(Int(PIPE_BUF)).withUnsafeBytes {
            unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
        }
        guard count > 0 else { break }
        offset += count
    }
    return offset
}
