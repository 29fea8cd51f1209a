// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

/// A folder of its own for a test, removed with the last reference to it.
final class TemporaryFolder: Sendable {
    let path: String

    /// Makes the folder, and a file in it for each entry of `files`, which others may not read.
    init(_ files: [String: String] = [:]) throws {
        path = "/tmp/webhook-fcgi-config-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(text, to: name) }
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
    }

    func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    func write(_ bytes: [UInt8], to name: String, mode: Int = 0o600) throws {
        let file = "\(path)/\(name)"
        let folder = file.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }

    func link(_ name: String, to destination: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/\(name)",
            withDestinationPath: destination
        )
    }
}
