// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

@testable import Catalogue

@Suite(.threadsOfTheirOwn) struct EntityFolderTests {
    private let folder: TemporaryFolder
    private let sink: EntityFolder

    init() throws {
        folder = try TemporaryFolder()
        sink = EntityFolder(directory: "\(folder.path)/catalogue")
    }

    private func key(_ identifier: String, _ blueprint: String = "image") -> Entity.Key {
        Entity.Key(blueprint: blueprint, identifier: identifier)
    }

    private func upsert(_ identifiers: [String], title: String? = nil) async -> [Int: CatalogueFailure] {
        await sink.upsert(identifiers.map { Entity(key($0), title: title) })
    }

    @Test func `An entity is a document, and gone with it`() async throws {
        let entity = Entity(key("a/b@sha256:1"), title: "b", properties: ["n": JSONText("1")])
        #expect(await sink.upsert([entity]).isEmpty)
        #expect(folder.read("catalogue/image/a%2fb@sha256%3a1.json") == entity.document)
        #expect(await sink.delete([entity.key], withDependents: true).isEmpty)
        #expect(
            await sink.delete([entity.key, key("x", "never")], withDependents: true).isEmpty,
            "there is none any more"
        )
        #expect(folder.entries(below: "catalogue") == [".lock", "image"])
    }

    @Test func `A new document takes the place of the old one, and the same one changes nothing`()
        async throws
    {
        #expect(await upsert(["a", "b"], title: "one").isEmpty)
        let file = "\(folder.path)/catalogue/image/a.json"
        func inode() -> ino_t {
            var status = stat()
            return unsafe stat(file, &status) == 0 ? status.st_ino : 0
        }
        let first = inode()
        // Whoever reads the old one goes on seeing it.
        let reader = try #require(FileHandle(forReadingAtPath: file))
        #expect(await upsert(["a"], title: "one").isEmpty)
        #expect(inode() == first)
        #expect(await upsert(["a"], title: "two").isEmpty)
        #expect(inode() != first && folder.read("catalogue/image/a.json").contains(#""title": "two""#))
        #expect(String(decoding: reader.readDataToEndOfFile(), as: UTF8.self).contains(#""title": "one""#))
        #expect(folder.entries(below: "catalogue/image") == ["a.json", "b.json"])
    }

    @Test(arguments: [
        ("a-b_c.d@e+f=g,1", "a-b_c.d@e+f=g,1"), ("a/b", "a%2fb"), (".", "%2e"), ("..", "%2e."),
        (".a", "%2ea"),
        ("A", "%41"), ("a%2fb", "a%252fb"), ("", "%"), ("%", "%25"), ("\0", "%00"), ("ä", "%c3%a4"),
        ("a b\n", "a%20b%0a"), ("~$*?\"'\\", "%7e%24%2a%3f%22%27%5c"),
        (String(repeating: "a", count: 200), String(repeating: "a", count: 200)),
    ])
    func `A name says what it is of`(_ text: String, _ name: String) {
        #expect(EntityFile.escaped(text) == name)
    }

    @Test func `No two entities have one file, also where the file system does not know case`() {
        let long = String(repeating: "a", count: 250)
        let texts = [
            "a", "A", "a/b", "a%2fb", "a%2Fb", "", "%", "%25", ".", "..", "a.", "ä", "a\u{308}", "a\0", long,
            long + "b", long + "B", String(repeating: "/", count: 100), String(repeating: "/", count: 101),
        ]
        // One text is another where its bytes are.
        #expect(Set(texts.map { Array($0.utf8) }).count == texts.count)
        #expect(Set(texts.map { EntityFile.escaped($0).lowercased() }).count == texts.count)
        #expect(texts.allSatisfy { EntityFile.escaped($0).utf8.count <= 200 })
        let escaped = EntityFile.escaped(long)
        #expect(EntityFile.escaped(escaped) != escaped, "what looks like a cut name is another")
    }

    @Test(arguments: [
        "..", "../../x", "/etc/passwd", ".lock", "a\0b", "A/../b", String(repeating: "Ä", count: 500),
    ])
    func `No entity leaves its folder, whatever it and its blueprint are called`(_ name: String) async throws
    {
        let entity = Entity(key(name, name))
        #expect(await sink.upsert([entity]).isEmpty)
        let files = folder.files(below: "catalogue").filter { $0 != ".lock" }
        let escaped = EntityFile.escaped(name)
        #expect(files == ["\(escaped)/\(escaped).json"])
        #expect(folder.files().count == 2)
        #expect(await sink.delete([entity.key], withDependents: true).isEmpty)
        #expect(folder.files(below: "catalogue") == [".lock"])
    }

    @Test func `What a killed process left half-way is overwritten`() async throws {
        try folder.write("half a fi", to: "catalogue/image/.a.new")
        #expect(await upsert(["a"]).isEmpty)
        #expect(folder.entries(below: "catalogue/image") == ["a.json"])
    }

    @Test func `A file that cannot be written is its own failure`() async throws {
        // A folder in its place, because root may do everything else.
        try folder.write("x", to: "catalogue/image/b.json/x")
        let failures = await upsert(["a", "b", "c"])
        #expect(failures.keys.sorted() == [1] && failures[1]?.isForever == false)
        #expect(failures[1]?.description.contains("b.json': Is a directory (EISDIR)") == true)
        #expect(await sink.delete([key("a"), key("b")], withDependents: true).keys.sorted() == [1])
    }

    @Test func `A directory that cannot be made fails everything`() async throws {
        try folder.write("a file", to: "file")
        let failures = await EntityFolder(directory: "\(folder.path)/file/x").upsert([Entity(key("a"))])
        #expect(failures[0]?.description.contains("Not a directory (ENOTDIR)") == true)
    }

    @Test func `Writers that share the folder leave whole documents`() async throws {
        let other = EntityFolder(directory: "\(folder.path)/catalogue")
        await withTaskGroup(of: Int.self) { group in
            for round in 0..<20 {
                for sink in [sink, other] {
                    group.addTask {
                        await sink.upsert((0..<5).map { Entity(key("\($0)"), title: "\(round)") }).count
                    }
                }
            }
            for await failures in group { #expect(failures == 0) }
        }
        for name in folder.files(below: "catalogue/image") {
            let data = Data(folder.read("catalogue/image/\(name)").utf8)
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: data) }
        }
        #expect(folder.files(below: "catalogue/image").count == 5)
    }
}
