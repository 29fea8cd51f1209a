// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc

/// What can be shown where the output goes.
struct Terminal: Equatable {
    /// In characters; nil where nothing has to be cut.
    let width: Int?
    let hasColors: Bool

    /// What standard output is: only a terminal has a width and colours.
    static var standardOutput: Terminal {
        terminal(STDOUT_FILENO) ?? Terminal(width: nil, hasColors: false)
    }

    /// What standard error is; nil for what is no terminal.
    static var standardError: Terminal? { terminal(STDERR_FILENO) }

    private static func terminal(_ descriptor: Int32) -> Terminal? {
        guard isatty(descriptor) == 1 else { return nil }
        return Terminal(environment: ProcessInfo.processInfo.environment, columns: columns(of: descriptor))
    }

    init(width: Int?, hasColors: Bool) { (self.width, self.hasColors) = (width, hasColors) }

    /// A terminal of so many columns, unless `COLUMNS` says otherwise.
    ///
    /// Without colours where `NO_COLOR` (no-color.org) is set, to whatever but nothing, or the terminal has none.
    init(environment: [String: String], columns: Int?) {
        width = environment["COLUMNS"].flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil } ?? columns
        hasColors = environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
