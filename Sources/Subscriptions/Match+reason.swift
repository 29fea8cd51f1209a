// SPDX-License-Identifier: Apache-2.0

extension Match {
    /// Warehouses, and repositories, that a reason names at most: whoever sends much is not sent much back.
    private static let namesInReason = 5

    /// Why nobody is refreshed, for the sender to read; nil when somebody is.
    ///
    /// `namesWarehouses` is for a project's receiver, whose sender may know what is in the project. Others only
    /// get numbers.
    package func reason(namesWarehouses: Bool) -> String? {
        guard targets.isEmpty else { return nil }
        guard !considerations.isEmpty else {
            return "no Warehouse subscribes to \(repositories(of: event.pushes))"
        }
        let byPush = Dictionary(grouping: considerations, by: \.pushIndex)
        return byPush.sorted { $0.key < $1.key }.prefix(Self.namesInReason)
            .map { reason(event.pushes[$0.key], $0.value, namesWarehouses: namesWarehouses) }
            .joined(separator: "; ")
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
        let repository = repositories(of: [push])
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
    private func repositories(of pushes: [Event.Push]) -> String {
        var urls: [String] = []
        for push in pushes.prefix(Self.namesInReason) {
            for url in push.displayedKeys.map(\.url.excerpt) where !urls.contains(url) { urls.append(url) }
        }
        let rest = pushes.count - Self.namesInReason
        return urls.joined(separator: " or ") + (rest > 0 ? " or the \(rest) others" : "")
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
        // Of most events there is one.
        if names.count == 1 { return noun + " \"" + names[0].excerpt + "\"" }
        let quoted = names.prefix(5).map { "\"\($0.excerpt)\"" } + (names.count > 5 ? ["…"] : [])
        return "\(noun)s \(quoted.joined(separator: ", "))"
    }
}

extension String {
    /// At most 256 code points, for quoting what a stranger wrote; no name of the field is longer.
    fileprivate var excerpt: String {
        utf8.count > 256 && unicodeScalars.count > 256 ? String(unicodeScalars.prefix(255)) + "…" : self
    }
}
