// SPDX-License-Identifier: Apache-2.0

extension Match {
    /// Warehouses that a reason names, at most.
    private static let namesInReason = 5

    /// Why nobody is refreshed, for the sender to read; nil when somebody is.
    ///
    /// `namesWarehouses` is for a project's receiver, whose sender may know what is in the project. Others only
    /// get numbers.
    package func reason(namesWarehouses: Bool) -> String? {
        guard targets.isEmpty else { return nil }
        guard !considerations.isEmpty else {
            return "no Warehouse subscribes to \(repositories(of: event.pushes).joined(separator: " or "))"
        }
        return event.pushes.compactMap { push in
            let considered = considerations.filter { $0.push == push }
            return considered.isEmpty ? nil : reason(push, considered, namesWarehouses: namesWarehouses)
        }.joined(separator: "; ")
    }

    private func reason(_ push: Event.Push, _ considered: [Consideration], namesWarehouses: Bool) -> String {
        // Of the subscriptions of one Warehouse the first one speaks.
        var refusals: [(name: String, refusal: Refusal)] = []
        var last: Target?
        for consideration in considered where consideration.subscription.target != last {
            last = consideration.subscription.target
            guard let refusal = consideration.refusal else { continue }
            refusals.append((consideration.subscription.target.name, refusal))
        }
        let repository = repositories(of: [push]).joined(separator: " or ")
        let head =
            refusals.count == 1
            ? "1 Warehouse subscribes to \(repository), it does not accept \(push.qualifiers)"
            : "\(refusals.count) Warehouses subscribe to \(repository), none accepts \(push.qualifiers)"
        guard namesWarehouses else { return head }
        let names = refusals.prefix(Self.namesInReason).map { "\($0.name) (\($0.refusal))" }
        let rest = refusals.count - names.count
        return "\(head): \(names.joined(separator: ", "))\(rest > 0 ? ", and \(rest) more" : "")"
    }

    /// The normalised URLs, each once: an image's and a chart's are mostly the same.
    private func repositories(of pushes: [Event.Push]) -> [String] {
        var urls: [String] = []
        for key in pushes.flatMap(\.keys) where !urls.contains(key.url) { urls.append(key.url) }
        return urls
    }
}

extension Event.Qualifiers: CustomStringConvertible {
    /// As the object of a sentence: `tag "latest"`.
    package var description: String {
        switch self {
        case .unknown: "what is new"
        case .untagged: "an artifact without a tag"
        case .tags(let tags): list(tags, "tag")
        case .refs(let refs): list(refs, "ref")
        }
    }

    private func list(_ names: [String], _ noun: String) -> String {
        let quoted = names.prefix(5).map { "\"\($0)\"" } + (names.count > 5 ? ["…"] : [])
        return "\(noun)\(names.count == 1 ? "" : "s") \(quoted.joined(separator: ", "))"
    }
}
