// SPDX-License-Identifier: Apache-2.0

internal import POSIX

/// Manifests in `*.yaml`, `*.yml` and `*.json` files below a folder.
package struct DirectorySource: Source {
    private let directory: String
    private let baseURL: BaseURL
    private let systemResourcesNamespace: String

    /// Files beyond this are refused rather than read into memory.
    private static let maximumFileSize = 64 * 1_048_576

    package init(directory: String, baseURL: BaseURL, systemResourcesNamespace: String) {
        self.directory = directory
        self.baseURL = baseURL
        self.systemResourcesNamespace = systemResourcesNamespace
    }

    package func load() throws(SourceError) -> LoadResult {
        let files: ManifestFiles
        do { files = try ManifestFiles(below: directory) } catch { throw SourceError(error.problem) }

        var manifests = Manifests()
        var unread = files.problems
        var warnings: [Problem] = []
        for path in files.paths {
            do { try read(path, into: &manifests, &unread, &warnings) } catch { unread.append(error.problem) }
        }
        if files.paths.isEmpty {
            let message = "holds no *.yaml, *.yml or *.json file: put Kargo's manifests there"
            warnings.append(Problem(.warning, file: directory, message: message))
        }

        var problems: [Problem] = []
        let snapshot = Snapshot(
            manifests,
            baseURL: baseURL,
            systemResourcesNamespace: systemResourcesNamespace,
            &problems
        )
        return LoadResult(
            snapshot: snapshot,
            problems: unread + warnings + manifests.problems + problems,
            isComplete: unread.isEmpty && !files.paths.isEmpty
        )
    }

    private func read(
        _ path: String,
        into manifests: inout Manifests,
        _ unread: inout [Problem],
        _ warnings: inout [Problem]
    ) throws(FileError) {
        let (bytes, status) = try FileSystem.read(path, limit: Self.maximumFileSize)
        var secret: Place?
        unread += YAMLFile(path: path, bytes: bytes).forEachDocument { document in
            if manifests.read(document), secret == nil { secret = document.place }
        }
        if let secret, status.isReadableByOthers {
            let message = "this Secret is in a file that every user can read: chmod o-r \(path)"
            warnings.append(secret.warning(message))
        }
    }
}
