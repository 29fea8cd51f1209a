// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import POSIX
import Sinks
import Subscriptions
import TestSupport
import Testing

@Suite(.threadsOfTheirOwn) struct FileSinkTests {
    private let folder: TemporaryFolder
    private let guestbook = Target(namespace: "kargo-demo", name: "guestbook")
    private let file = "kargo-demo/warehouses/guestbook.yaml"

    init() throws { folder = try TemporaryFolder() }

    /// Delivers to `targets` the token of so many microseconds.
    private func deliver(_ targets: Set<Target>, at microseconds: Int64) async -> [Refresh: SinkError] {
        let token = Timestamp(microseconds: microseconds)
        return await FileSink(directory: folder.path).deliver(
            targets.map { Refresh(target: $0, token: token) }
        )
    }

    private func token(_ name: String? = nil) -> Timestamp? {
        folder.read(name ?? file).split(separator: "\"").compactMap { Timestamp(String($0)) }.first
    }

    @Test func `A refresh is a partial manifest of one annotation`() async throws {
        #expect(await deliver([guestbook], at: 1_767_225_600_000_001).isEmpty)
        #expect(
            folder.read(file) == """
                apiVersion: kargo.akuity.io/v1alpha1
                kind: Warehouse
                metadata:
                  namespace: "kargo-demo"
                  name: "guestbook"
                  annotations:
                    kargo.akuity.io/refresh: "2026-01-01T00:00:00.000001Z"

                """
        )
    }

    @Test func `Nothing but the files and the lock is left behind`() async throws {
        let targets = Set((0..<40).map { Target(namespace: "ns-\($0 % 3)", name: "w\($0)") })
        #expect(await deliver(targets, at: 1).isEmpty)
        let files = targets.map { "\($0.namespace)/warehouses/\($0.name).yaml" }
        let folders = (0..<3).flatMap { ["ns-\($0)", "ns-\($0)/warehouses"] }
        #expect(folder.entries() == (files + folders + [".lock"]).sorted())
    }

    @Test func `Tokens increase even when the outbox that gives them out was lost`() async throws {
        var tokens: [Int64?] = []
        for time in [5_000_000, 5_000_000, 4_000_000, 9_000_000] {
            #expect(await deliver([guestbook], at: Int64(time)).isEmpty)
            tokens.append(token()?.microseconds)
        }
        #expect(tokens == [5_000_000, 5_000_001, 5_000_002, 9_000_000])
    }

    @Test(arguments: ["9999-12-31T23:59:59.999999Z", "12026-01-01T00:00:00.000000Z"])
    func `Tokens increase also after one of the far future, whatever left it there`(
        _ future: String
    ) async throws {
        try folder.write("    kargo.akuity.io/refresh: \"\(future)\"\n", to: file)
        var last = try #require(Timestamp(future))
        for time in [5, 5, 4] {
            #expect(await deliver([guestbook], at: Int64(time)).isEmpty)
            let next = try #require(token())
            #expect(next > last)
            last = next
        }
    }

    @Test func `A file that something else wrote is replaced`() async throws {
        for content in [
            "", "\0\0", "kargo.akuity.io/refresh: yesterday", "kargo.akuity.io/refresh: \"\u{FEFF}",
        ] {
            try folder.write(content, to: file)
            #expect(await deliver([guestbook], at: 7).isEmpty)
            #expect(token()?.microseconds == 7)
        }
    }

    @Test func `What a killed process left half-way is overwritten`() async throws {
        try folder.write("half a fi", to: "kargo-demo/warehouses/.guestbook.spare")
        #expect(await deliver([guestbook], at: 7).isEmpty)
        #expect(folder.entries().contains { $0.hasSuffix(".spare") } == false)
    }

    @Test func `Writers that share the folder never give out a token twice or half a file`() async throws {
        let rounds = 50
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<rounds {
                        #expect(await deliver([guestbook], at: 1_000).isEmpty)
                        #expect(throws: Never.self) { try #require(token()) }
                    }
                }
            }
        }
        #expect(token()?.microseconds == 1_000 + Int64(2 * rounds) - 1)
    }

    @Test(arguments: [
        ("..", "x"), ("a", "../../x"), ("a/b", "x"), ("", "x"), ("a", ""), (".", "x"), ("a", ".hidden"),
        ("a", "x\0"),
        ("A", "x"), ("a", "x\n"), ("a", "\""), ("a", String(repeating: "x", count: 250)),
    ])
    func `A name that is none of Kubernetes' never becomes a path`(
        _ namespace: String,
        _ name: String
    ) async throws {
        let target = Target(namespace: namespace, name: name)
        let failures = await deliver([target, guestbook], at: 7)
        #expect(failures.map(\.key.target) == [target])
        #expect(failures.first?.value.code == .unsafeName)
        #expect(folder.entries() == [".lock", "kargo-demo", "kargo-demo/warehouses", file])
    }

    @Test func `A pipe in the place of a file, or of the one beside it, stops nothing`() async throws {
        #expect(await deliver([guestbook], at: 1).isEmpty)
        try FileManager.default.removeItem(atPath: "\(folder.path)/\(file)")
        #expect(unsafe mkfifo("\(folder.path)/\(file)", 0o600) == 0)
        #expect(await deliver([guestbook], at: 7).isEmpty)
        #expect(token()?.microseconds == 7)
        #expect(unsafe mkfifo("\(folder.path)/kargo-demo/warehouses/.guestbook.spare", 0o600) == 0)
        #expect(await deliver([guestbook], at: 8).isEmpty)
        #expect(token()?.microseconds == 8)
    }

    @Test func `Whoever has a refresh open goes on seeing that one`() async throws {
        for time in 1...2 { #expect(await deliver([guestbook], at: Int64(time)).isEmpty) }
        let path = "\(folder.path)/\(file)"
        let text = folder.read(file)
        let reader = try Descriptor(opening: path, O_RDONLY)
        for time in 3...6 { #expect(await deliver([guestbook], at: Int64(time)).isEmpty) }
        #expect(try reader.read(upTo: 4096, from: path) == Array(text.utf8))
        #expect(token()?.microseconds == 6)
    }

    @Test func `A copy that shares the file's blocks keeps its content`() async throws {
        #expect(await deliver([guestbook], at: 1).isEmpty)
        let text = folder.read(file)
        try FileManager.default.linkItem(
            atPath: "\(folder.path)/\(file)",
            toPath: "\(folder.path)/copy.yaml"
        )
        for time in 2...4 { #expect(await deliver([guestbook], at: Int64(time)).isEmpty) }
        #expect(folder.read("copy.yaml") == text)
        #expect(token()?.microseconds == 4)
    }

    @Test func `From the second refresh on two files take turns`() async throws {
        var inodes: [Int] = []
        for time in 1...6 {
            #expect(await deliver([guestbook], at: Int64(time)).isEmpty)
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(file)")
            inodes.append(try #require(attributes[.systemFileNumber] as? Int))
        }
        #expect(Array(inodes[2...]) == [inodes[0], inodes[1], inodes[0], inodes[1]])
        #expect(folder.files() == [".lock", "kargo-demo/warehouses/.guestbook.spare", file])
    }

    @Test func `Nothing of a file that something else wrote comes back`() async throws {
        try folder.write(String(repeating: "x", count: 10_000), to: file, mode: 0o600)
        for time in 1...4 {
            #expect(await deliver([guestbook], at: Int64(time)).isEmpty)
            #expect(token()?.microseconds == Int64(time))
            #expect(folder.read(file).contains("x") == false)
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(file)")
            #expect(attributes[.posixPermissions] as? Int == 0o644)
        }
        try folder.write(String(repeating: "x", count: 10_000), to: file, mode: 0o644)
        for time in 5...8 {
            #expect(await deliver([guestbook], at: Int64(time)).isEmpty)
            #expect(folder.read(file).contains("x") == false)
        }
    }

    @Test func `Folders that somebody removes are made again`() async throws {
        let sink = FileSink(directory: folder.path)
        for time in 1...3 {
            let refresh = Refresh(target: guestbook, token: Timestamp(microseconds: Int64(time)))
            #expect(await sink.deliver([refresh]).isEmpty)
            #expect(token()?.microseconds == Int64(time))
            try FileManager.default.removeItem(atPath: "\(folder.path)/kargo-demo")
        }
    }

    @Test func `A token that is out of all bounds is no token`() async throws {
        try folder.write("    kargo.akuity.io/refresh: \"999999999999999-1-1-1-1-1-1\"\n", to: file)
        #expect(await deliver([guestbook], at: 7).isEmpty)
        #expect(token()?.microseconds == 7)
    }

    @Test func `Whoever does not get the lock leaves the holder's files alone`() async throws {
        try folder.write("the holder's", to: "kargo-demo/warehouses/.guestbook.spare")
        let lock = try Descriptor(opening: "\(folder.path)/.lock", O_RDWR | O_CREAT, mode: 0o600)
        #expect(flock(lock.number, LOCK_EX) == 0)
        let failures = await deliver([guestbook], at: 7)
        #expect(failures.values.map(\.code) == [.busy])
        #expect(folder.read("kargo-demo/warehouses/.guestbook.spare") == "the holder's")
    }

    @Test func `A name that YAML would take for something else is quoted`() async throws {
        let target = Target(namespace: "123", name: "true")
        #expect(await deliver([target], at: 7).isEmpty)
        #expect(folder.read("123/warehouses/true.yaml").contains(#"name: "true""#))
    }

    @Test func `One target's failure is not its neighbours'`() async throws {
        try folder.write("in the way", to: "blocked/warehouses")
        let blocked = Target(namespace: "blocked", name: "w")
        let failures = await deliver([blocked, guestbook], at: 7)
        #expect(failures.map(\.key.target) == [blocked])
        let text = try #require(failures.first?.value).description
        #expect(text.contains("blocked/warehouses") && text.contains("ENOTDIR"))
        #expect(token()?.microseconds == 7)
    }

    @Test func `A folder that cannot be made is said once, and mended without a restart`() async throws {
        try folder.write("in the way", to: "sink")
        let sink = FileSink(directory: "\(folder.path)/sink")
        await #expect(throws: SinkError.self) { try await sink.check(nil) }
        let refresh = Refresh(target: guestbook, token: Timestamp(microseconds: 7))
        #expect(await sink.deliver([refresh]).keys.elementsEqual([refresh]))
        try FileManager.default.removeItem(atPath: "\(folder.path)/sink")
        try await sink.check(nil)
        #expect(await sink.deliver([refresh]).isEmpty)
    }
}
