// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Catalogue
@testable import Config

@Suite struct FollowTests {
    @Test("Is noticed by itself", arguments: FolderChange.all)
    func change(_ change: FolderChange) async throws {
        let folder = try TemporaryFolder()
        try FolderChange.prepare(folder)
        try change.before(folder)
        try await Following.with("\(folder.path)/\(change.directory)") { following in
            // From then on it is the kernel that tells.
            try folder.write(warehouse("first", image: "first"), to: "\(change.directory)/first.yaml")
            try await following.waitForTargets(1, ofImage: "first")
            try change.change(folder)
            try await following.waitForTargets(1, ofImage: "new")
        }
    }

    @Test("And again, after each", arguments: [true, false])
    func changes(hasWatches: Bool) async throws {
        let folder = try TemporaryFolder()
        try FolderChange.prepare(folder)
        try await Following.with("\(folder.path)/manifests", hasWatches: hasWatches) { following in
            for number in 1...4 {
                try folder.write(warehouse("n\(number)", image: "new"), to: "manifests/\(number)/n.yaml")
                try await following.waitForTargets(number, ofImage: "new")
            }
            try FileManager.default.removeItem(atPath: "\(folder.path)/manifests/4")
            try await following.waitForTargets(3, ofImage: "new")
        }
    }

    @Test("What has changed between loading and following is not missed, and nothing else is read again")
    func gap() async throws {
        let folder = try TemporaryFolder()
        try FolderChange.prepare(folder)
        try await Following.with("\(folder.path)/manifests") { following in
            #expect(following.changeCount == 0)
            try folder.write(warehouse("new", image: "new"), to: "manifests/n.yaml")
            try await following.waitForTargets(1, ofImage: "new")
            #expect(following.changeCount == 1)
        }
        try await Following.with("\(folder.path)/manifests") {
            try folder.write(warehouse("more", image: "new"), to: "manifests/m.yaml")
        } _: { following in
            try await following.waitForTargets(2, ofImage: "new")
        }
    }

    @Test("What does not parse changes nothing until it is mended, and is said once")
    func broken() async throws {
        let folder = try TemporaryFolder()
        try FolderChange.prepare(folder)
        try await Following.with("\(folder.path)/manifests") { following in
            try folder.write("a: b: c", to: "manifests/broken.yaml")
            try await waitUntil("it fails") { !following.failures.isEmpty }
            let failure = try #require(following.failures.first)
            #expect(failure.reason.hasPrefix("\(folder.path)/manifests/broken.yaml:1: "))
            #expect(failure.problems.count == 1)
            // A second mistake is said without the first.
            try folder.write("d: e: f", to: "manifests/broken2.yaml")
            try await waitUntil("it fails again") { following.failures.count == 2 }
            let places = following.failures.last?.problems.map { $0.file ?? "" } ?? []
            #expect(places == ["\(folder.path)/manifests/broken2.yaml"])
            #expect(following.changeCount == 0)
            try folder.write(warehouse("new", image: "new"), to: "manifests/broken.yaml")
            try FileManager.default.removeItem(atPath: "\(folder.path)/manifests/broken2.yaml")
            try await following.waitForTargets(1, ofImage: "new")
            #expect(following.recoveries == 1)
        }
    }

    @Test("A folder that is gone for a while changes nothing, and is read when it is back")
    func absent() async throws {
        let folder = try TemporaryFolder()
        try FolderChange.prepare(folder)
        try await Following.with("\(folder.path)/manifests") { following in
            try FileManager.default.removeItem(atPath: "\(folder.path)/manifests")
            try await waitUntil("it fails") { !following.failures.isEmpty }
            #expect(following.failures.first?.reason.contains("ENOENT") == true)
            #expect(following.changeCount == 0)
            try folder.write(warehouse("new", image: "new"), to: "manifests/n.yaml")
            try await following.waitForTargets(1, ofImage: "new")
            #expect(following.recoveries == 1)
        }
    }

    @Test("Where the kernel tells nothing, that is said once, and it is looked at now and then")
    func impaired() async throws {
        let folder = try TemporaryFolder()
        try FolderChange.prepare(folder)
        try await Following.with("\(folder.path)/manifests", hasWatches: false) { following in
            try folder.write(warehouse("new", image: "new"), to: "manifests/n.yaml")
            try await following.waitForTargets(1, ofImage: "new")
            #expect(
                following.impairments.map(\.description) == [
                    "\(folder.path)/manifests: warning: changed manifests are noticed late, because the kernel does not tell of all of them (making an inotify instance: No space left on device (ENOSPC)): raise fs.inotify.max_user_watches and max_user_instances, or send SIGHUP"
                ]
            )
        }
    }

    @Test("A change of which nobody tells is found now and then, however much goes on beside the folder")
    func untold() async throws {
        let folder = try TemporaryFolder()
        let first = warehouse("one", image: "new")
        try folder.write("\(first)\n---\n\(warehouse("two", image: "new"))", to: "manifests/w.yaml")
        try await Following.with("\(folder.path)/manifests", interval: .seconds(1)) { following in
            try folder.write(warehouse("three", image: "new"), to: "manifests/n.yaml")
            try await following.waitForTargets(3, ofImage: "new")
            // Without opening the file, of which it would be told when that is closed.
            #expect(unsafe truncate("\(folder.path)/manifests/w.yaml", first.utf8.count) == 0)
            try await waitUntil("it is found") {
                try folder.write("", to: "beside")
                return following.targetCount(ofImage: "new") == 2
            }
        }
    }

    @Test("A mapping for which there was no process is compiled when there is one, though nothing changes")
    func mapping() async throws {
        let receiver = TestSupport.Manifests.catalogue(
            harbor: "https://harbor.example.com",
            sink: "file: { directory: out }"
        )
        let folder = try TemporaryFolder(["manifests/portal.yaml": receiver])
        let tries = NIOLockedValueBox(0)
        let isFree = NIOLockedValueBox(false)
        try await Following.with("\(folder.path)/manifests") { following in
            try await waitUntil("it is tried again and again", within: .seconds(20)) {
                tries.withLockedValue(\.self) > 3
            }
            // What is as it was is not told.
            #expect(following.changeCount == 0)
            isFree.withLockedValue { $0 = true }
            try await waitUntil("it is compiled", within: .seconds(20)) {
                following.snapshot?.receivers.first?.catalogue != nil
            }
            let count = tries.withLockedValue(\.self)
            try folder.write(warehouse("new", image: "new"), to: "manifests/n.yaml")
            try await following.waitForTargets(1, ofImage: "new")
            #expect(following.changeCount == 2 && tries.withLockedValue(\.self) == count + 1)
        } compile: { definition throws(MappingError) in
            tries.withLockedValue { $0 += 1 }
            guard isFree.withLockedValue(\.self) else { throw MappingError(unavailable: "no process") }
            return try Mapping.shared(definition)
        }
    }

    @Test("Other files, and what is hidden, are no reason to read")
    func interest() throws {
        let folder = try TemporaryFolder(["manifests/..1/w.yaml": ""])
        try folder.link("manifests/..data", to: "..1")
        try folder.link("manifests/w.yaml", to: "..data/w.yaml")
        let directory = "\(folder.path)/manifests"
        let interests = FolderInterest.all(try ManifestFiles(below: directory), below: directory)
        let here = try #require(interests[directory])
        #expect(here.weight(of: "a.yaml") == .certain)
        #expect(here.weight(of: "w.yaml") == .certain)
        #expect(here.weight(of: "..data") == .possible)
        #expect(here.weight(of: "folder-or-notes") == .possible)
        #expect(here.weight(of: ".a.yaml.swp") == .none)
        #expect(here.weight(of: "..data_tmp") == .none)
        let above = try #require(interests[folder.path])
        #expect(above.weight(of: "manifests") == .certain)
        #expect(above.weight(of: "a.yaml") == .none)
        #expect(!(try #require(interests["/tmp"])).hasContents)
        #expect(try #require(interests["\(directory)/..1"]).weight(of: "w.yaml") == .certain)
    }

    @Test("A burst is over 200 ms after the last change, and 2 s after the first at the latest")
    func burst() {
        let start = ContinuousClock.now
        var burst = Burst()
        #expect(burst.end == nil)
        burst.note(at: start)
        #expect(burst.end == start + .milliseconds(200))
        burst.note(at: start + .milliseconds(150))
        #expect(burst.end == start + .milliseconds(350))
        for milliseconds in stride(from: 300, through: 1950, by: 150) {
            burst.note(at: start + .milliseconds(milliseconds))
        }
        #expect(burst.end == start + .seconds(2))
    }
}
