// SPDX-License-Identifier: Apache-2.0

import Handlers
import Testing

@testable import Catalogue

@Suite struct HarborValueTests {
    @Test(arguments: [
        ("[]", []), (" [ ] \n", []), ("[1]", ["1"]), (#"[{"a":[1,2]}, {}]"#, [#"{"a":[1,2]}"#, "{}"]),
        (#"["],[", "\"]" , [[]]]"#, [#""],[""#, #""\"]" "#, "[[]]"]), (#"[null,"\\"]"#, ["null", #""\\""#]),
    ])
    func `An array is cut into what is between its commas`(_ text: String, _ elements: [String]) throws {
        let array = try #require(JSONArray(Array(text.utf8)))
        #expect(array.elements.map { String(decoding: $0, as: UTF8.self) } == elements)
    }

    @Test(arguments: [
        "", "null", "{}", "[", "]", "[1", "[[]", "[]]", "[] []", "[1,]", "[,1]", "[,]", #"["]"#, "x[]",
    ])
    func `What is no array is not cut`(_ text: String) {
        #expect(JSONArray(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        (#"{"n":1.10, "a" : null}"# + "\n", #"{"n":1.10, "a" : null,"#), ("{}", "{"), (" { } ", " { "),
    ])
    func `Members are added, and the rest stays as it was`(_ json: String, _ start: String) throws {
        let object = CatalogueObject.repository(project: "library", name: "a/b")
        let found = try #require(HarborObject(object, Array(json.utf8)[...]))
        let end = #""__identifier":"library/a/b","__project":"library","__repository":"a/b"}"#
        #expect(String(decoding: found.json, as: UTF8.self) == start + end)
    }

    @Test(arguments: ["", "[]", "{", "}", "null", "{}x"])
    func `What is no object gets no members`(_ json: String) {
        let isObject = HarborObject(.project("p"), Array(json.utf8)[...]) != nil
        #expect(!isObject)
    }
}
