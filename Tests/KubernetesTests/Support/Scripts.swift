// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The shell scripts of these tests.
enum Scripts {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path

    /// What the script writes to standard output, without the last line's end.
    static func run(_ path: String, _ arguments: [String] = []) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let output = Foundation.Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(path: path, status: process.terminationStatus)
        }
        return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    struct Failure: Error {
        let path: String
        let status: Int32
    }
}
