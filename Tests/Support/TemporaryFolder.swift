// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder for one test, gone with it.
///
/// Its path is short: that of a Unix socket has 107 bytes.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// Makes the folder, and a file in it for each entry of `files`.
    package init(_ files: [String: String] = [:]) throws {
        path = "/tmp/webhook-fcgi-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        for (name, text) in files { try write(text, to: name) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The file's text; empty where there is none yet.
    package func read(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data(), as: UTF8.self)
    }

    /// Writes in one step, and for the owner alone, as Secrets are kept; returns the file's path.
    @discardableResult
    package func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    @discardableResult
    package func write(_ bytes: [UInt8], to name: String, mode: Int = 0o600) throws -> String {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        let folder = file.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: file, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
        return file.path
    }

    package func link(_ name: String, to destination: String) throws {
        let link = "\(path)/\(name)"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: destination)
    }

    /// Everything below `folder`, hidden files and folders included, in order.
    package func entries(below folder: String = ".") -> [String] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
        return names.sorted()
    }

    /// The same without the folders.
    package func files(below folder: String = ".") -> [String] {
        entries(below: folder).filter { !isFolder("\(path)/\(folder)/\($0)") }
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }
}
