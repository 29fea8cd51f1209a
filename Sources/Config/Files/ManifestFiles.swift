// SPDX-License-Identifier: Apache-2.0

internal import POSIX

/// The manifest files below a folder, in an order that does not depend on the file system.
///
/// Symbolic links are followed. Every file and folder counts once, however many links lead to it, which also
/// ends cycles. Hidden names are skipped: Kubernetes mounts a ConfigMap as visible links into a hidden
/// folder, which would be read twice otherwise.
struct ManifestFiles {
    private(set) var paths: [String] = []

    /// What could not be looked into.
    private(set) var problems: [Problem] = []

    private var seen: Set<FileStatus.Identity> = []

    /// Lists what is below `folder`; fails only where `folder` itself cannot be read, or with a shortage, in which
    /// nothing is known of the rest.
    init(below folder: String) throws(FileError) {
        seen.insert(try FileSystem.status(of: folder).identity)
        try visit(try FileSystem.names(in: folder), in: folder)
    }

    private mutating func visit(_ names: [String], in folder: String) throws(FileError) {
        for name in names where !name.hasPrefix(".") {
            do { try visit("\(folder)/\(name)") } catch {
                if error.isShortage { throw error }
                problems.append(error.problem)
            }
        }
    }

    private mutating func visit(_ path: String) throws(FileError) {
        let status = try FileSystem.status(of: path)
        guard status.kind == .folder || isManifest(path) else { return }
        guard seen.insert(status.identity).inserted else { return }
        switch status.kind {
        case .folder: try visit(try FileSystem.names(in: path), in: path)
        case .file: paths.append(path)
        case .other: throw FileError(path: path, code: .notAFile)
        }
    }

    private func isManifest(_ path: String) -> Bool {
        [".yaml", ".yml", ".json"].contains { path.hasSuffix($0) }
    }
}
