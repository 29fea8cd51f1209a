// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Config

@Suite struct FileTests {
    @Test(
        "A relative path is relative to the folder, and keeps its parent references",
        arguments: [
            ("/a/b", "/a/b"), ("a", "/etc/x/a"), ("./a//b/", "/etc/x/a/b"), ("../a", "/etc/x/../a"),
            ("/", "/"),
        ]
    )
    func resolved(path: String, expected: String) {
        #expect(path.resolved(in: "/etc/x") == expected)
    }

    @Test("The folder of a file", arguments: [("/a/b", "/a"), ("/a", "/"), ("a", ".")])
    func parent(path: String, expected: String) {
        #expect(path.parentFolder == expected)
    }

    @Test("A file is read up to its limit, and a larger one not at all")
    func limit() throws {
        let folder = try TemporaryFolder(["a": "abc"])
        #expect(try FileSystem.read("\(folder.path)/a", limit: 3).bytes == Array("abc".utf8))
        let error = #expect(throws: FileError.self) { try FileSystem.read("\(folder.path)/a", limit: 2) }
        #expect(error?.code == .tooLarge(limit: 2))
    }

    @Test("A device, which might never end, is not read")
    func device() {
        let error = #expect(throws: FileError.self) { try FileSystem.read("/dev/zero", limit: 2) }
        #expect(error?.code == .notAFile)
    }

    @Test("Running out of descriptors or memory says nothing about a file, its absence or its disk does")
    func shortage() {
        func isShortage(_ number: Int32) -> Bool {
            FileError(path: "a", code: .system(errno: number)).isShortage
        }
        for number in [EMFILE, ENFILE, ENOMEM] { #expect(isShortage(number)) }
        for number in [ENOENT, EACCES, EIO, ENOTDIR] { #expect(!isShortage(number)) }
    }
}
