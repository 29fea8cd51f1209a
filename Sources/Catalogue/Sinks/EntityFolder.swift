// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import POSIX

/// Entities as files, one JSON document each, for those who bring them into a catalogue by themselves.
///
/// Any number of processes can share the directory. A file is written beside its place, synced and renamed, so a reader
/// never sees half of one; a folder is synced once for all of its files in a call.
package final class EntityFolder: EntitySink {
    private let directory: String

    /// Where the steps block: a task must not, there are as few threads for tasks as there are cores.
    private let queue = DispatchQueue(label: "webhook-fcgi.entity-folder")

    /// How long to wait for another process, which holds the lock for the time of a call.
    private static let lockTimeout = Duration.seconds(5)

    /// Touches nothing yet: `directory` is made when it is needed.
    package init(directory: String) { self.directory = directory }

    package func upsert(_ entities: [Entity]) async -> [Int: CatalogueFailure] {
        await each(entities.map { .write($0.key, Array($0.document.utf8)) })
    }

    /// A folder knows of no dependents.
    package func delete(_ keys: [Entity.Key], withDependents: Bool) async -> [Int: CatalogueFailure] {
        await each(keys.map { .remove($0) })
    }

    private enum Step: Sendable {
        case write(Entity.Key, [UInt8])
        case remove(Entity.Key)

        /// Returns the folder that has to be synced.
        func take(in directory: String) throws(SystemError) -> String? {
            switch self {
            case .write(let key, let text):
                let file = EntityFile(key, in: directory)
                try file.write(text)
                return file.folder
            case .remove(let key):
                let file = EntityFile(key, in: directory)
                return try file.remove() ? file.folder : nil
            }
        }
    }

    private func each(_ steps: [Step]) async -> [Int: CatalogueFailure] {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.take(steps)) }
        }
    }

    private func take(_ steps: [Step]) -> [Int: CatalogueFailure] {
        do throws(CatalogueFailure) {
            return take(steps, holding: try takeLock())
        } catch {
            return Dictionary(uniqueKeysWithValues: steps.indices.map { ($0, error) })
        }
    }

    private func take(_ steps: [Step], holding lock: borrowing FileLock) -> [Int: CatalogueFailure] {
        var failures: [Int: CatalogueFailure] = [:]
        var changed: [String: [Int]] = [:]
        for (index, step) in steps.enumerated() {
            do throws(SystemError) {
                if let folder = try step.take(in: directory) { changed[folder, default: []].append(index) }
            } catch {
                failures[index] = CatalogueFailure("\(error)")
            }
        }
        for (folder, indexes) in changed {
            do throws(SystemError) { try Folder.sync(folder) } catch {
                for index in indexes { failures[index] = CatalogueFailure("\(error)") }
            }
        }
        return failures
    }

    /// Keeps other processes from writing.
    private func takeLock() throws(CatalogueFailure) -> FileLock {
        let path = "\(directory)/.lock"
        do throws(SystemError) {
            try Folder.make(directory)
            if let lock = try FileLock(at: path, mode: 0o644, within: Self.lockTimeout) { return lock }
        } catch {
            throw CatalogueFailure("\(error)")
        }
        throw CatalogueFailure(
            "'\(path)' has been locked by another process for \(Self.lockTimeout): "
                + "find it with fuser(1) and end it"
        )
    }
}
