// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
internal import POSIX
internal import Subscriptions

/// The file of one target: `<directory>/<namespace>/warehouses/<name>.yaml`.
struct RefreshFile {
    let refresh: Refresh
    let folder: String
    let path: String

    /// Where the next content is written: beside the file, and after the first refresh it is the file that was
    /// in the place before.
    ///
    /// The same for every writer, because only the holder of the sink's lock writes: whatever a killed process
    /// left is overwritten. That of a target which is never refreshed again stays. The dot and the ending keep it
    /// from kubectl, so it harms nobody.
    let sparePath: String

    init(_ refresh: Refresh, in directory: String) throws(SinkError) {
        let target = refresh.target
        guard isFileName(target.namespace), isFileName(target.name) else {
            throw SinkError(.unsafeName, "'\(target)' cannot be a file name: it is not a Kubernetes name")
        }
        self.refresh = refresh
        folder = "\(directory)/\(target.namespace)/warehouses"
        path = "\(folder)/\(target.name).yaml"
        sparePath = "\(folder)/.\(target.name).spare"
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
        var token = refresh.token
        if let current = try currentToken(), current >= token {
            token = Timestamp(microseconds: current.microseconds + 1)
        }
        let path = sparePath
        let text = Array(manifest(token).utf8)
        let file = try openSpare()
        let number = file.number
        defer { _ = clinux_end_lease(number) }
        try file.write(text, to: path)
        try systemCall("truncating '\(path)'") { ftruncate(number, off_t(text.count)) }
        if sync { try systemCall("syncing '\(path)'") { fdatasync(number) } }
    }

    /// A file to write to that nobody reads.
    ///
    /// Writing into the one that was replaced last takes a fifth of the time that making one and freeing
    /// another takes.
    private func openSpare() throws(SystemError) -> Descriptor {
        // Whatever is wrong with it comes to light when a new one cannot be made.
        if let spare = try? Descriptor(opening: sparePath, O_WRONLY | O_NOFOLLOW | O_NONBLOCK),
            isFree(spare)
        {
            return spare
        }
        unsafe unlink(sparePath)
        do throws(SystemError) { return try openNew() } catch let error where error.errno == ENOENT {
            try Folder.make(folder)
            return try openNew()
        }
    }

    private func openNew() throws(SystemError) -> Descriptor {
        try Descriptor(opening: sparePath, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
    }

    /// Whether the spare file can be written to and take the place of the current one.
    ///
    /// Whoever still reads what it was must go on seeing that: the kernel grants a lease only if nobody else has
    /// the file open, and who opens it later waits until it is written. Nor may it have another name, which
    /// somebody gave it to keep it, or another owner or mode than those of the current file.
    private func isFree(_ spare: borrowing Descriptor) -> Bool {
        var (spareStatus, status) = (stat(), stat())
        return unsafe fstat(spare.number, &spareStatus) == 0 && lstat(path, &status) == 0
            && spareStatus.st_nlink == 1 && spareStatus.st_mode == status.st_mode
            && spareStatus.st_uid == status.st_uid && spareStatus.st_gid == status.st_gid
            && clinux_lease(spare.number) == 0
    }

    /// Puts the new file into its place, in one step, and keeps the old one for the next refresh.
    ///
    /// Something else than a file is not kept, and nothing is on a file system that cannot exchange.
    func replace() throws(SystemError) {
        if (try? FileStatus(of: path))?.kind == .file, unsafe clinux_exchange(sparePath, path) == 0 {
            return
        }
        try systemCall("renaming '\(sparePath)' to '\(path)'") { unsafe rename(sparePath, path) }
    }

    /// Takes back what ``write(_:sync:)`` did; there may be nothing.
    func discard() { unsafe unlink(sparePath) }

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
    return isAllowed && !name.isEmpty && name.first != "." && name.utf8.count <= 253 - ".spare".utf8.count
}
