// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The paths of what a process has open.
func openFiles(of pid: pid_t) -> [String] {
    let folder = "/proc/\(pid)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
}

/// How much a process has written to anything, its replies included.
func bytesWritten(by pid: pid_t) -> Int {
    let counters = FileManager.default.contents(atPath: "/proc/\(pid)/io").map {
        String(decoding: $0, as: UTF8.self)
    }
    let line = counters?.split(separator: "\n").first { $0.hasPrefix("wchar: ") }
    return line.flatMap { Int($0.dropFirst("wchar: ".count)) } ?? 0
}
