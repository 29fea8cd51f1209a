// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the system says about this process.
enum Machine {
    /// The most memory that this process ever had resident (VmHWM), in units of 1,000 bytes.
    static var peakMemory: Int {
        get throws {
            let kibibytes = try field("VmHWM", of: "/proc/self/status").prefix { $0.isNumber }
            return (Int(kibibytes) ?? 0) * 1024 / 1000
        }
    }

    /// CPU time of this thread so far.
    static var threadTime: Duration {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func field(_ name: String, of file: String) throws -> String {
        let lines = try String(contentsOf: URL(filePath: file), encoding: .utf8).split(separator: "\n")
        let line = lines.first { $0.hasPrefix(name) } ?? ""
        return line.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
    }
}

extension Duration {
    var seconds: String { "\((self / .seconds(1)).twoDecimals) s" }
    var microseconds: String { "\((self / .microseconds(1)).twoDecimals) µs" }
}

extension Double {
    /// Enough for a table.
    var twoDecimals: String { String(format: "%.2f", self) }
}
