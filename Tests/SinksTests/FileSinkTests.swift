// SPDX-License-Identifier: Apache-2.0

import Foundation
import POSIX
import Sinks
import Subscriptions
import Testing

@Suite struct FileSinkTests {
    private let folder: TemporaryFolder
    private let guestbook = Target(namespace: "kargo-demo", name: "guestbook")
    private let file = "kargo-demo/warehouses/guestbook.yaml"

    init() throws { folder = try TemporaryFolder() }

    /// A sink whose clock stands still.
    private func sink(at microseconds: Int64) -> FileSink {
        FileSink(directory: folder.path) { Timestamp(microseconds: microseconds) }
    }

    private func token(_ name: String? = nil) throws -> Timestamp? {
        try folder.read(name ?? file).split(separator: "\"").compactMap { Timestamp(String($0)) }.first
    }

    @Test func `A refresh is a partial manifest of one annotation`() throws {
        #expect(sink(at: 1_767_225_600_000_001).refresh([guestbook]).isEmpty)
        #expect(
            try folder.read(file) == """
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

    @Test func `Nothing but the files and the lock is left behind`() throws {
        let targets = Set((0..<40).map { Target(namespace: "ns-\($0 % 3)", name: "w\($0)") })
        #expect(sink(at: 1).refresh(targets).isEmpty)
        let files = targets.map { "\($0.namespace)/warehouses/\($0.name).yaml" }
        let folders = (0..<3).flatMap { ["ns-\($0)", "ns-\($0)/warehouses"] }
        #expect(try folder.entries() == (files + folders + [".lock"]).sorted())
    }

    @Test func `Tokens increase when the clock stands still or steps back`() throws {
        let times = [5_000_000, 5_000_000, 4_000_000, 9_000_000]
        let tokens = try times.map { time in
            // A new sink each time: a restart must not forget either.
            #expect(sink(at: Int64(time)).refresh([guestbook]).isEmpty)
            return try #require(try token())
        }
        #expect(tokens.map(\.microseconds) == [5_000_000, 5_000_001, 5_000_002, 9_000_000])
    }

    @Test func `Tokens increase after the file was taken away`() throws {
        let sink = sink(at: 5_000_000)
        #expect(sink.refresh([guestbook]).isEmpty)
        try FileManager.default.removeItem(atPath: "\(folder.path)/\(file)")
        #expect(sink.refresh([guestbook]).isEmpty)
        #expect(try token()?.microseconds == 5_000_001)
    }

    @Test func `A file that something else wrote is replaced`() throws {
        for content in [
            "", "\0\0", "kargo.akuity.io/refresh: yesterday", "kargo.akuity.io/refresh: \"\u{FEFF}",
        ] {
            try folder.write(content, to: file)
            #expect(sink(at: 7).refresh([guestbook]).isEmpty)
            #expect(try token()?.microseconds == 7)
        }
    }

    @Test func `What a killed process left half-way is overwritten`() throws {
        try folder.write("half a fi", to: "kargo-demo/warehouses/.guestbook.yaml.tmp")
        #expect(sink(at: 7).refresh([guestbook]).isEmpty)
        #expect(try folder.entries().contains { $0.hasSuffix(".tmp") } == false)
    }

    @Test func `Writers that share the folder never give out a token twice or half a file`() async throws {
        let rounds = 50
        let tokens = await withTaskGroup(of: [Timestamp?].self) { group in
            for _ in 0..<2 {
                let sink = sink(at: 1_000)
                group.addTask {
                    (0..<rounds).map { _ in
                        guard sink.refresh([guestbook]).isEmpty else { return nil }
                        return try? token()
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(tokens.allSatisfy { $0 != nil })
        #expect(try token()?.microseconds == 1_000 + Int64(2 * rounds) - 1)
    }

    @Test(arguments: [
        ("..", "x"), ("a", "../../x"), ("a/b", "x"), ("", "x"), ("a", ""), (".", "x"), ("a", ".hidden"),
        ("a", "x\0"),
        ("A", "x"), ("a", "x\n"), ("a", "\""), ("a", String(repeating: "x", count: 250)),
    ])
    func `A name that is none of Kubernetes' never becomes a path`(_ namespace: String, _ name: String) throws
    {
        let target = Target(namespace: namespace, name: name)
        let failures = sink(at: 7).refresh([target, guestbook])
        #expect(failures.keys.elementsEqual([target]))
        #expect(failures[target]?.code == .unsafeName)
        #expect(try folder.entries() == [".lock", "kargo-demo", "kargo-demo/warehouses", file])
    }

    @Test func `A name that YAML would take for something else is quoted`() throws {
        let target = Target(namespace: "123", name: "true")
        #expect(sink(at: 7).refresh([target]).isEmpty)
        #expect(try folder.read("123/warehouses/true.yaml").contains(#"name: "true""#))
    }

    @Test func `One target's failure is not its neighbours'`() throws {
        try folder.write("in the way", to: "blocked/warehouses")
        let blocked = Target(namespace: "blocked", name: "w")
        let failures = sink(at: 7).refresh([blocked, guestbook])
        #expect(failures.keys.elementsEqual([blocked]))
        let text = try #require(failures[blocked]).description
        #expect(text.contains("blocked/warehouses") && text.contains("ENOTDIR"))
        #expect(try token()?.microseconds == 7)
    }

    @Test func `A folder that cannot be made is said once, and mended without a restart`() throws {
        try folder.write("in the way", to: "sink")
        let sink = FileSink(directory: "\(folder.path)/sink")
        #expect(throws: SinkError.self) { try sink.checkWritable() }
        #expect(sink.refresh([guestbook]).keys.elementsEqual([guestbook]))
        try FileManager.default.removeItem(atPath: "\(folder.path)/sink")
        try sink.checkWritable()
        #expect(sink.refresh([guestbook]).isEmpty)
    }
}
