// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
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

    /// Reads on a thread of its own: a task must not block, there are as few threads for tasks as there are cores.
    package func load() async throws(SourceError) -> LoadResult {
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { () throws(SourceError) in try read() })
            }
        }
        return try result.get()
    }

    /// Reads on the thread of the caller.
    package func read() throws(SourceError) -> LoadResult {
        let files: ManifestFiles
        do { files = try ManifestFiles(below: directory) } catch { throw SourceError(error.problem) }

        var reader = ManifestReader()
        var unread = files.problems
        var warnings: [Problem] = []
        for path in files.paths {
            do { try read(path, into: &reader, &unread, &warnings) } catch {
                // To go on would be to answer 404 to everybody whose receiver is in the rest.
                if error.isShortage { throw SourceError(error.problem) }
                unread.append(error.problem)
            }
        }
        if files.paths.isEmpty {
            let message = "holds no *.yaml, *.yml or *.json file: put Kargo's manifests there"
            warnings.append(Problem(.warning, file: directory, message: message))
        }

        var problems: [Problem] = []
        let snapshot = Snapshot(
            reader.manifests,
            baseURL: baseURL,
            systemResourcesNamespace: systemResourcesNamespace,
            &problems
        )
        return LoadResult(
            snapshot: snapshot,
            problems: unread + warnings + reader.problems + problems,
            isComplete: unread.isEmpty && !files.paths.isEmpty
        )
    }

    private func read(
        _ path: String,
        into reader: inout ManifestReader,
        _ unread: inout [Problem],
        _ warnings: inout [Problem]
    ) throws(FileError) {
        let (bytes, status) = try FileSystem.read(path, limit: Self.maximumFileSize)
        var secret: Place?
        unread += YAMLFile(path: path, bytes: bytes).forEachDocument { document in
            if reader.read(document), secret == nil { secret = document.place }
        }
        if let secret, status.isReadableByOthers {
            let message = "this Secret is in a file that every user can read: chmod o-r \(path)"
            warnings.append(secret.warning(message))
        }
    }
}
