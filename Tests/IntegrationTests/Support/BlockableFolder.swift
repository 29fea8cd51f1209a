// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import POSIX
import TestSupport

/// A folder whose place a file can take, in one step: the responder would make anew what is missing for a moment.
final class BlockableFolder {
    private let folder: TemporaryFolder

    var path: String { "\(folder.path)/place" }

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("", to: "folder/keep")
        try folder.write("in the way", to: "file")
        try unblock()
    }

    func block() throws { try lead(to: "file") }

    func unblock() throws { try lead(to: "folder") }

    private func lead(to name: String) throws {
        let link = "\(folder.path)/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: name)
        try systemCall("renaming '\(link)'") { unsafe rename(link, path) }
    }
}
