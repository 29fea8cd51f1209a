// SPDX-License-Identifier: Apache-2.0

internal import HTTP

/// What goes to Port in one call: of one blueprint, and no more than Port takes.
struct PortBatch: Sendable {
    let work: Work
    let blueprint: String
    private(set) var items: [Item] = []

    /// Of the body.
    private(set) var byteCount = Self.frame.utf8.count

    enum Work: Sendable, Hashable {
        case upsert
        case delete(withDependents: Bool)

        /// How many Port takes at once.
        var limit: Int { self == .upsert ? 20 : 100 }
    }

    struct Item: Sendable {
        /// In what the sink was given.
        let index: Int
        let identifier: String
        let json: String
    }

    /// Of the body: 1 MiB.
    static let byteLimit = 1 << 20

    private static let frame = #"{"entities":[]}"#

    init(_ work: Work, _ blueprint: String) { (self.work, self.blueprint) = (work, blueprint) }

    /// Takes the item in; false where it has to go in the next call.
    ///
    /// An entity is in a call once: of two, either could count.
    mutating func take(_ item: Item) -> Bool {
        let count = byteCount + item.json.utf8.count + (items.isEmpty ? 0 : 1)
        guard items.count < work.limit, items.isEmpty || count <= Self.byteLimit,
            !items.contains(where: { $0.identifier == item.identifier })
        else { return false }
        items.append(item)
        byteCount = count
        return true
    }

    /// Only of one item, which nothing makes smaller.
    var isTooLarge: Bool { byteCount > Self.byteLimit }

    /// Both halves; nil of one item.
    var halves: [PortBatch]? {
        guard items.count > 1 else { return nil }
        let middle = items.count / 2
        return [items[..<middle], items[middle...]].map { part in
            var half = PortBatch(work, blueprint)
            for item in part { _ = half.take(item) }
            return half
        }
    }

    /// Items in batches, each blueprint's in their order.
    static func all(_ work: Work, _ items: [(blueprint: String, item: Item)]) -> [PortBatch] {
        var batches: [PortBatch] = []
        var last: [String: Int] = [:]
        for (blueprint, item) in items {
            if let index = last[blueprint], batches[index].take(item) { continue }
            var batch = PortBatch(work, blueprint)
            _ = batch.take(item)
            last[blueprint] = batches.count
            batches.append(batch)
        }
        return batches
    }

    func call(to url: HTTPURL, _ token: PortToken) -> HTTPCall {
        HTTPCall(
            .post,
            place(below: url.appending(["v1", "blueprints", blueprint])),
            headers: [
                ("Authorization", token.authorization), ("Content-Type", "application/json"),
                ("Accept", "application/json"),
            ],
            body: Array("{\"entities\":[\(items.map(\.json).joined(separator: ","))]}".utf8)
        )
    }

    private func place(below blueprint: HTTPURL) -> HTTPURL {
        switch work {
        case .upsert:
            blueprint.appending(
                ["entities", "bulk"],
                query: [("upsert", "true"), ("merge", "true"), ("create_missing_related_entities", "true")]
            )
        case .delete(let withDependents):
            blueprint.appending(
                ["bulk", "entities", "delete"],
                query: [("delete_dependents", "\(withDependents)")]
            )
        }
    }
}
