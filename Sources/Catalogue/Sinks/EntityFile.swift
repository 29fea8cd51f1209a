// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Glibc
internal import POSIX

/// The file of one entity: `<directory>/<escaped blueprint>/<escaped identifier>.json`.
struct EntityFile {
    let folder: String
    let path: String

    /// Where the next content is written.
    ///
    /// The same for every writer, because only the holder of the folder's lock writes.
    private let newPath: String

    init(_ key: Entity.Key, in directory: String) {
        let name = Self.escaped(key.identifier)
        folder = "\(directory)/\(Self.escaped(key.blueprint))"
        path = "\(folder)/\(name).json"
        newPath = "\(folder)/.\(name).new"
    }

    /// A name that no other text has, on any file system.
    ///
    /// Lower-case letters, digits and `-_.@+=,` stand for themselves, but for a dot at the beginning. Every other byte is `%`
    /// and two digits, upper-case letters too: there are file systems for which those are the same. What would be longer than
    /// 200 bytes is cut to 130 of them, `%-` and its SHA-256: no other name has `%-`.
    static func escaped(_ text: String) -> String {
        var name = text.isEmpty ? "%" : ""
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "."): name += index == 0 ? "%2e" : "."
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "="),
                UInt8(ascii: ","):
                name.unicodeScalars.append(UnicodeScalar(byte))
            default: name += "%" + hexadecimal(byte)
            }
        }
        guard name.utf8.count > 200 else { return name }
        let digest = SHA256.hash(data: Array(text.utf8)).map(hexadecimal).joined()
        return "\(name.prefix(130))%-\(digest)"
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    /// Puts the text into its place in one step, and leaves the folder to be synced.
    ///
    /// The same text once more changes nothing, not even the file's time.
    func write(_ text: [UInt8]) throws(SystemError) {
        // Whatever is wrong with the file comes to light when it is replaced.
        if (try? contains(text)) == true { return }
        let file = try opened()
        try file.write(text, to: newPath)
        let number = file.number
        try systemCall("syncing '\(newPath)'") { fdatasync(number) }
        try systemCall("replacing '\(path)'") { unsafe rename(newPath, path) }
    }

    /// Takes the file away, and leaves the folder to be synced; false where there is not even that.
    func remove() throws(SystemError) -> Bool {
        do throws(SystemError) {
            try systemCall("removing '\(path)'") { unsafe unlink(path) }
            return true
        } catch let error where error.errno == ENOENT {
            // Somebody may have taken it away just now, and not durably.
            return unsafe access(folder, F_OK) == 0
        }
    }

    private func contains(_ text: [UInt8]) throws(SystemError) -> Bool {
        // A pipe in its place must not stop everything.
        let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
        let status = try FileStatus(of: file, at: path)
        guard status.kind == .file, status.size == text.count else { return false }
        return try file.read(upTo: text.count + 1, from: path) == text
    }

    /// A new file beside the place; what a killed process left there is nobody's.
    private func opened() throws(SystemError) -> Descriptor {
        unsafe unlink(newPath)
        let flags = O_WRONLY | O_CREAT | O_EXCL
        do throws(SystemError) {
            return try Descriptor(opening: newPath, flags, mode: 0o644)
        } catch let error where error.errno == ENOENT {
            try Folder.make(folder)
            return try Descriptor(opening: newPath, flags, mode: 0o644)
        }
    }
}
