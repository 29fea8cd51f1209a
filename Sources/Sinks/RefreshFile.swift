// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import POSIX
internal import Subscriptions

/// The file of one target: `<directory>/<namespace>/warehouses/<name>.yaml`.
struct RefreshFile {
    let refresh: Refresh
    let folder: String
    let path: String

    /// The same for every writer, because only the holder of the sink's lock writes: whatever a killed
    /// process left is overwritten.
    ///
    /// The dot and the ending keep it from kubectl.
    let temporaryPath: String

    init(_ refresh: Refresh, in directory: String) throws(SinkError) {
        let target = refresh.target
        guard isFileName(target.namespace), isFileName(target.name) else {
            throw SinkError(.unsafeName, "'\(target)' cannot be a file name: it is not a Kubernetes name")
        }
        self.refresh = refresh
        folder = "\(directory)/\(target.namespace)/warehouses"
        path = "\(folder)/\(target.name).yaml"
        temporaryPath = "\(folder)/.\(target.name).yaml.tmp"
    }

    /// The token in the file that is there now.
    private func currentToken() throws(SystemError) -> Timestamp? {
        do {
            // A pipe in its place must not stop everything: nobody writes to it, and nobody reads.
            let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
            guard try FileStatus(of: file, at: path).kind == .file else { return nil }
            let text = String(decoding: try file.read(upTo: 4096, from: path), as: UTF8.self)
            let line = text.split(separator: "\n").first { $0.contains(Refresh.annotation) }
            return line?.split(separator: "\"").dropFirst().first.flatMap { Timestamp(String($0)) }
        } catch let error where error.errno == ENOENT {
            return nil
        }
    }

    /// Writes the file beside its place; without `sync` the caller makes it durable.
    ///
    /// The outbox gives out tokens that increase. Should it be lost, what is in the folder still counts.
    func write(sync: Bool) throws(SystemError) {
        try Folder.make(folder)
        var token = refresh.token
        if let current = try currentToken(), current >= token {
            token = Timestamp(microseconds: current.microseconds + 1)
        }
        let path = temporaryPath
        let file = try Descriptor(
            opening: path,
            O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK,
            mode: 0o644
        )
        try file.write(Array(manifest(token).utf8), to: path)
        let number = file.number
        if sync { try systemCall("syncing '\(path)'") { fdatasync(number) } }
    }

    /// Puts the new file into its place, in one step.
    func replace() throws(SystemError) {
        try systemCall("renaming '\(temporaryPath)' to '\(path)'") { unsafe rename(temporaryPath, path) }
    }

    /// Takes back what ``write(_:sync:)`` did; there may be nothing.
    func discard() { unsafe unlink(temporaryPath) }

    /// Names are quoted: `true` and `123` are names to Kubernetes and something else to YAML.
    private func manifest(_ token: Timestamp) -> String {
        """
        apiVersion: kargo.akuity.io/v1alpha1
        kind: Warehouse
        metadata:
          namespace: "\(refresh.target.namespace)"
          name: "\(refresh.target.name)"
          annotations:
            \(Refresh.annotation): "\(token)"

        """
    }
}

/// Stricter than any file system: what DNS-1123 names consist of, and no leading dot.
private func isFileName(_ name: String) -> Bool {
    let isAllowed = name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
    return isAllowed && !name.isEmpty && name.first != "." && name.utf8.count <= 253 - ".yaml.tmp".utf8.count
}
