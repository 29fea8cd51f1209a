// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import POSIX

/// Tells when manifests below a folder may have changed, the folder itself and whatever links lead to included.
struct ManifestWatch: ~Copyable {
    private let directory: String
    private let makeWatch: () throws(SystemError) -> DirectoryWatch
    private var watch: DirectoryWatch?
    private var interests: [DirectoryWatch.Identifier: FolderInterest] = [:]

    /// Why some changes are not told; nil where all of them are.
    private(set) var impairment: SystemError?

    init(_ directory: String, makeWatch: @escaping () throws(SystemError) -> DirectoryWatch) {
        self.directory = directory
        self.makeWatch = makeWatch
    }

    /// The manifests that are there, of which every later change is told.
    mutating func look() -> Result<ManifestFiles, FileError> {
        impairment = nil
        if watch == nil {
            do throws(SystemError) { watch = try makeWatch() } catch { impairment = error }
        }
        var rounds = 0
        while true {
            let files = Result { () throws(FileError) in try ManifestFiles(below: directory) }
            rounds += 1
            // What has changed before a folder was watched is seen by looking again. Who keeps making folders is
            // told by the next change.
            guard follow(try? files.get()), rounds < 10 else { return files }
        }
    }

    /// Waits for changes until `time`, and says what they mean; nil when `stop` rings.
    mutating func wait(
        until time: ContinuousClock.Instant,
        or stop: WakeUp
    ) throws(SystemError) -> FolderInterest.Weight? {
        let limit = ContinuousClock.now.duration(to: time)
        let told = try watch?.wait(or: stop, atMost: limit)
        let isStopped: Bool
        if let told { isStopped = told } else { isStopped = try stop.wait(atMost: limit) }
        guard !isStopped else { return nil }
        let changes = try watch?.changes() ?? []
        return changes.map { weight(of: $0) }.max() ?? FolderInterest.Weight.none
    }

    private mutating func weight(of change: DirectoryWatch.Change) -> FolderInterest.Weight {
        switch change {
        case .unknown: .certain
        case .gone(let folder): interests.removeValue(forKey: folder) == nil ? .none : .possible
        case .entry(let folder, let name): interests[folder]?.weight(of: name) ?? .none
        }
    }

    /// Watches what matters now, and nothing else.
    ///
    /// - Returns: Whether a folder is watched that was not before.
    private mutating func follow(_ files: ManifestFiles?) -> Bool {
        var next: [DirectoryWatch.Identifier: FolderInterest] = [:]
        for (path, interest) in FolderInterest.all(files, below: directory) {
            guard let identifier = add(path, interest) else { continue }
            next[identifier, default: FolderInterest()].merge(interest)
        }
        for identifier in interests.keys where next[identifier] == nil { watch?.remove(identifier) }
        defer { interests = next }
        return next.keys.contains { interests[$0] == nil }
    }

    private mutating func add(_ path: String, _ interest: FolderInterest) -> DirectoryWatch.Identifier? {
        do throws(SystemError) {
            return try watch?.add(path, contents: interest.hasContents)
        } catch {
            switch error.errno {
            // It is told by what is above it when that changes.
            case ENOENT, ENOTDIR, ELOOP: break
            // What is above the manifests need not be readable; of these themselves it is said elsewhere.
            case EACCES: break
            default: impairment = error
            }
            return nil
        }
    }
}
