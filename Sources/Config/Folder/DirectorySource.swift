// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import POSIX

/// Manifests in `*.yaml`, `*.yml` and `*.json` files below a folder.
package struct DirectorySource: LiveSource {
    let directory: String
    private let baseURL: BaseURL
    private let systemResourcesNamespace: String
    private let last = LastReading()

    /// How often it is looked at although the kernel tells of changes, and where it does not tell of all.
    let interval: Duration
    let impairedInterval: Duration

    /// How soon it is read again where a mapping could not be compiled for want of a process.
    let retryInterval: Duration
    private let compile: Mapping.Compile
    private let makeWatch: @Sendable () throws(SystemError) -> DirectoryWatch

    /// Files beyond this are refused rather than read into memory.
    private static let maximumFileSize = 64 * 1_048_576

    package init(directory: String, baseURL: BaseURL, systemResourcesNamespace: String) {
        self.init(
            directory: directory,
            baseURL: baseURL,
            systemResourcesNamespace: systemResourcesNamespace,
            interval: .seconds(60),
            impairedInterval: .seconds(10)
        ) { () throws(SystemError) in try DirectoryWatch() }
    }

    init(
        directory: String,
        baseURL: BaseURL,
        systemResourcesNamespace: String,
        interval: Duration,
        impairedInterval: Duration,
        retryInterval: Duration = .seconds(5),
        compile: @escaping Mapping.Compile = { definition throws(MappingError) in
            try Mapping.shared(definition)
        },
        makeWatch: @escaping @Sendable () throws(SystemError) -> DirectoryWatch
    ) {
        self.directory = directory
        self.baseURL = baseURL
        self.systemResourcesNamespace = systemResourcesNamespace
        self.interval = interval
        self.impairedInterval = impairedInterval
        self.retryInterval = retryInterval
        self.compile = compile
        self.makeWatch = makeWatch
    }

    package var title: String { "the folder of manifests" }
    package var isReadAsAWhole: Bool { true }

    /// Reads on a thread of its own: a task must not block, there are as few threads for tasks as there are cores.
    package func load() async throws(SourceError) -> LoadResult {
        let result = await onThread { Result { () throws(SourceError) in try readFiles() } }
        let (files, loaded) = try result.get()
        let reading = Reading(
            files: files,
            problems: Set(loaded.problems),
            isProvisional: loaded.isProvisional
        )
        await last.set(reading)
        return loaded
    }

    /// Says what has changed since ``load()``, and whatever changes then.
    package func follow(_ report: @escaping @Sendable (SourceNews) -> Void) async {
        while !Task.isCancelled {
            let last = await last.value
            do throws(SystemError) {
                let stop = try WakeUp()
                let result = await withTaskCancellationHandler {
                    await onThread {
                        Result { () throws(SystemError) in
                            var follower = FolderFollower(
                                self,
                                after: last,
                                makeWatch: makeWatch,
                                report: report
                            )
                            try follower.run(until: stop)
                        }
                    }
                } onCancel: {
                    stop.ring()
                }
                try result.get()
            } catch {
                // No descriptor, for one.
                report(
                    .impaired(
                        Problem(
                            .warning,
                            file: directory,
                            message: "changed manifests are not noticed now: \(error)"
                        )
                    )
                )
                try? await Task.sleep(for: impairedInterval)
            }
        }
    }

    /// Reads on the thread of the caller.
    package func read() throws(SourceError) -> LoadResult { try readFiles().result }

    private func readFiles() throws(SourceError) -> (files: ManifestFiles, result: LoadResult) {
        let files: ManifestFiles
        do { files = try ManifestFiles(below: directory) } catch { throw SourceError(error.problem) }
        return (files, try read(files))
    }

    /// Reads these on the thread of the caller.
    func read(_ files: ManifestFiles) throws(SourceError) -> LoadResult {
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

        let obstacle = unread.first ?? (files.paths.isEmpty ? warnings.first : nil)
        var problems: [Problem] = []
        var manifests = reader.manifests
        manifests.compile(compile)
        let snapshot = Snapshot(
            manifests,
            isComplete: obstacle == nil,
            baseURL: baseURL,
            systemResourcesNamespace: systemResourcesNamespace,
            &problems
        )
        return LoadResult(
            snapshot: snapshot,
            problems: unread + warnings + reader.problemsOfManifests + problems,
            obstacle: obstacle,
            isProvisional: manifests.mappings.values.contains(where: \.isUnknown)
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

    /// What was there, and what was wrong with it.
    struct Reading: Sendable {
        let files: ManifestFiles
        let problems: Set<Problem>
        let isProvisional: Bool
    }

    /// What was read last, for those who go on from there.
    private actor LastReading {
        private(set) var value: Reading?

        func set(_ reading: Reading) { value = reading }
    }
}
