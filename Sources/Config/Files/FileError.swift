// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import POSIX

/// A file or folder that could not be read.
struct FileError: Error, Sendable, Hashable {
    let path: String
    let code: Code

    enum Code: Sendable, Hashable {
        /// What the system said.
        case system(errno: Int32)

        /// A device, a socket or a pipe, from which reading might never end.
        case notAFile

        /// More than is read from one file.
        case tooLarge(limit: Int)
    }

    /// Whether it says nothing about the file, but that the process or the machine has run out of something.
    var isShortage: Bool {
        switch code {
        case .system(EMFILE), .system(ENFILE), .system(ENOMEM): true
        case .system, .notAFile, .tooLarge: false
        }
    }

    var problem: Problem { Problem(file: path, message: message) }

    /// What is wrong and what to do, without the path.
    var message: String {
        switch code {
        case .system(let number): "cannot be read: \(describe(number))"
        case .notAFile: "cannot be read: it is neither a file nor a folder, remove it"
        case .tooLarge(let limit): "is larger than the \(limit / 1_048_576) MiB read from one file: split it"
        }
    }

    private func describe(_ number: Int32) -> String {
        let advice =
            switch number {
            case ENOENT: "correct the path or create it"
            case EACCES, EPERM: "let the user that runs webhook-fcgi read it"
            case ENOTDIR, EISDIR: "correct the path"
            case ELOOP: "remove the loop of links"
            case ENAMETOOLONG: "shorten the path"
            case EMFILE, ENFILE: "raise the limit of open files"
            default: "check the disk"
            }
        return "\(SystemError.text(of: number)), \(advice)"
    }
}
