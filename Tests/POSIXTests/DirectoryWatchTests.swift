// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX
import TestSupport
import Testing

@Suite struct DirectoryWatchTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder(["sub/a": ""]) }

    private func touch(_ name: String) throws {
        close(try systemCall("making \(name)") { unsafe creat("\(folder.path)/sub/\(name)", 0o600) })
    }

    @Test func `A folder tells what comes and goes in it, and is one by every path`() throws {
        var watch = try DirectoryWatch()
        try folder.link("link", to: "sub")
        let sub = try watch.add("\(folder.path)/sub", contents: false)
        let again = try watch.add("\(folder.path)/link", contents: false)
        #expect(again == sub)
        try touch("a")
        try touch("b")
        unsafe unlink("\(folder.path)/sub/a")
        let changes = try watch.changes()
        #expect(changes == [.entry(in: sub, named: "b"), .entry(in: sub, named: "a")])
        let rest = try watch.changes()
        #expect(rest.isEmpty)
    }

    @Test func `With contents it tells what is written`() throws {
        var watch = try DirectoryWatch()
        let sub = try watch.add("\(folder.path)/sub", contents: true)
        try touch("a")
        let changes = try watch.changes()
        #expect(changes == [.entry(in: sub, named: "a")])
    }

    @Test func `A folder that is removed is told, and one that is no folder is an error`() throws {
        var watch = try DirectoryWatch()
        let sub = try watch.add("\(folder.path)/sub", contents: false)
        unsafe unlink("\(folder.path)/sub/a")
        unsafe rmdir("\(folder.path)/sub")
        let changes = try watch.changes()
        #expect(changes.last == .gone(sub))
        var code: Int32?
        do throws(SystemError) { _ = try watch.add("\(folder.path)/sub", contents: false) } catch {
            code = error.errno
        }
        #expect(code == ENOENT)
    }

    @Test func `More than the kernel keeps is told as such`() throws {
        var watch = try DirectoryWatch()
        _ = try watch.add("\(folder.path)/sub", contents: true)
        let limit = Int(folder.readSystem("/proc/sys/fs/inotify/max_queued_events")) ?? 16_384
        // Two in turn, because the kernel takes the same thing twice for once.
        for _ in 0...limit / 2 {
            try touch("a")
            try touch("b")
        }
        let changes = try watch.changes()
        #expect(changes.last == .unknown)
    }

    @Test func `Who waits is woken by a change, by the bell, and by the time`() throws {
        var watch = try DirectoryWatch()
        _ = try watch.add("\(folder.path)/sub", contents: true)
        let bell = try WakeUp()
        let isRungAtOnce = try watch.wait(or: bell, atMost: .zero)
        #expect(!isRungAtOnce)
        try touch("a")
        let isRungByChange = try watch.wait(or: bell, atMost: .seconds(600))
        #expect(!isRungByChange)
        bell.ring()
        let isRung = try watch.wait(or: bell, atMost: .seconds(600))
        #expect(isRung)
        #expect(try bell.wait(atMost: .seconds(600)))
    }
}

extension TemporaryFolder {
    /// The first line of a file that the kernel makes up.
    fileprivate func readSystem(_ path: String) -> String {
        let text = (try? Descriptor(opening: path, O_RDONLY).read(upTo: 64, from: path)) ?? []
        return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}
