// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Config

@Suite("Lists in the layout of kubectl")
struct BlockListTests {
    /// `kubectl get -o yaml` with a few liberties: comments, an indented list, something behind it.
    static let list = """
        apiVersion: v1
        items: # of the demo
          # the first
          - apiVersion: kargo.akuity.io/v1alpha1
            kind: Warehouse
            metadata:
              annotations:
                note: |
                  - apiVersion: v1

                  items:
              name: a
              namespace: kargo-demo
            spec: { subscriptions: [{ image: { repoURL: x } }] }

          - apiVersion: kargo.akuity.io/v1alpha1
            kind: Warehouse
            metadata: { name: b, namespace: kargo-demo }
            spec: { subscriptions: [{ image: { repoURL: "" } }] }
        kind: List
        metadata:
          resourceVersion: ""
        """

    @Test("Items are cut apart without a look into them, and know their lines", arguments: [list])
    func cut(text: String) throws {
        for text in [text.replacing("items: # of the demo", with: "items:"), text] {
            let folder = try TemporaryFolder(["m.yaml": "# a comment\n---\n" + text])
            let result = try load(folder)
            #expect(result.targets(ofImage: "x") == ["kargo-demo/a"])
            #expect(
                result.messages(in: folder)
                    == [
                        "m.yaml:21: Warehouse kargo-demo/b: items[1].spec.subscriptions[0].image.repoURL is empty: give it a value"
                    ]
            )
        }
    }

    @Test("The layout of kubectl is cut, whatever else looks like it is not")
    func layout() {
        func items(_ text: String) -> Int? {
            YAMLBlockList(Array(text.utf8), 0..<text.utf8.count, linesBefore: 0)?.items.count
        }
        #expect(items(Self.list.replacing("items: # of the demo", with: "items:")) == 2)
        #expect(items("items:\n- a: 1\n- b: 2\n  c: 3\nkind: List\n") == 2)
        #expect(items("items:\n- a: 1\n- b: 2") == 2)
        #expect(items("items:\n\n# a comment\n- a: 1\n") == 1)
        #expect(items("items: [1, 2]\n") == nil)
        #expect(items("items:\nkind: List\n") == nil)
        #expect(items("  items:\n  - a\n") == nil)
        #expect(items("items:\n  - a\n b: 1\n") == nil)
        #expect(items("items:\n- &a { a: 1 }\n- *a\n") == nil)
        #expect(items("items:\n- a: 'x & y'\n- b: x&y\n") == 2)
    }

    @Test("An item that cannot be parsed leaves its neighbours alone")
    func broken() throws {
        let folder = try TemporaryFolder([
            "m.yaml": "apiVersion: v1\nkind: List\nitems:\n- a: [\n"
                + warehouse("b", image: "x").indented()
        ])
        let result = try load(folder)
        #expect(!result.isComplete)
        #expect(result.targets(ofImage: "x") == ["kargo-demo/b"])
        #expect(result.messages(in: folder).count == 1)
        #expect(result.messages(in: folder).first?.hasPrefix("m.yaml:5: this is not valid YAML") == true)
    }

    @Test("Items may refer to each other")
    func aliases() throws {
        let result = try load(
            """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: kargo.akuity.io/v1alpha1
              kind: Warehouse
              metadata: { name: a, namespace: kargo-demo }
              spec: &spec { subscriptions: [{ image: { repoURL: x } }] }
            - apiVersion: kargo.akuity.io/v1alpha1
              kind: Warehouse
              metadata: { name: b, namespace: kargo-demo }
              spec: *spec
            """
        )
        #expect(result.targets(ofImage: "x") == ["kargo-demo/a", "kargo-demo/b"])
    }

    @Test("Lists in lists are refused: thirty lines could stand for 2^30 items", .timeLimit(.minutes(10)))
    func nested() throws {
        let lists = (1...30).map { level in
            let inner = level == 1 ? "[]" : "[*l\(level - 1), *l\(level - 1)]"
            return "l\(level): &l\(level) { apiVersion: v1, kind: List, items: \(inner) }"
        }
        let folder = try TemporaryFolder([
            "m.yaml": (lists + ["apiVersion: v1", "kind: List", "items: [*l30]"]).joined(separator: "\n")
        ])
        #expect(
            try load(folder).messages(in: folder)
                == ["m.yaml:30: items[0] is a list in a list: move its items to the outer one"]
        )
    }
}

extension String {
    /// As an item of a list.
    fileprivate func indented() -> String {
        "- " + split(separator: "\n").joined(separator: "\n  ") + "\n"
    }
}
