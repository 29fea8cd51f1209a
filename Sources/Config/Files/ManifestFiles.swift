// SPDX-License-Identifier: Apache-2.0

internal import POSIX

/// The manifest files below a folder, in an order that does not depend on the file system.
///
/// Symbolic links are followed. Every file and folder counts once, however many links lead to it, which also
/// ends cycles. Hidden names are skipped: Kubernetes mounts a ConfigMap as visible links into a hidden
/// folder, which would be read twice otherwise.
///
/// Two of them are equal where nothing has changed in between.
struct ManifestFiles: Equatable {
    private(set) var paths: [String] = []
    private var versions: [FileStatus.Version] = []

    /// Every folder that was looked into.
    private(set) var folders: [String]

    /// Every link that was followed, or tried to.
    private(set) var links: [String] = []

    /// What could not be looked into.
    private(set) var problems: [Problem] = []

    private var seen: Set<FileStatus.Identity> = []

    /// Lists what is below `folder`; fails only where `folder` itself cannot be read, or with a shortage, in which
    /// nothing is known of the rest.
    init(below folder: String) throws(FileError) {
        folders = [folder]
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
        if Folder.target(ofLink: path) != nil { links.append(path) }
        let status = try FileSystem.status(of: path)
        guard status.kind == .folder || Self.isManifest(path) else { return }
        guard seen.insert(status.identity).inserted else { return }
        switch status.kind {
        case .folder:
            folders.append(path)
            try visit(try FileSystem.names(in: path), in: path)
        case .file:
            paths.append(path)
            versions.append(status.version)
        case .other: throw FileError(path: path, code: .notAFile)
        }
    }

    /// Whether a file of this name is read.
    static func isManifest(_ path: String) -> Bool {
        [".yaml", ".yml", ".json"].contains { path.hasSuffix($0) }
    }
}
