// SPDX-License-Identifier: Apache-2.0

internal import Subscriptions

/// The repositories that a Warehouse subscribes to, and what it takes of each.
struct WarehouseManifest: Sendable {
    let subscriptions: [Subscription]

    /// Reads `spec.subscriptions`; a broken one is left out and does not take its neighbours with it.
    init(
        _ manifest: YAMLValue,
        of target: Target,
        _ selectors: inout SelectorReader,
        _ problems: inout [Problem]
    ) {
        guard let spec = manifest.optional("spec", .mapping, &problems) else {
            if manifest["spec"] == nil { problems.append(Self.nothingToWatch(manifest)) }
            subscriptions = []
            return
        }
        guard let list = spec.optional("subscriptions", .list, &problems) else {
            if spec["subscriptions"] == nil { problems.append(Self.nothingToWatch(spec)) }
            subscriptions = []
            return
        }
        subscriptions = list.elements.compactMap { Self.read($0, of: target, &selectors, &problems) }
        if list.elements.isEmpty { problems.append(Self.nothingToWatch(list)) }
    }

    private static func nothingToWatch(_ value: YAMLValue) -> Problem {
        value.warning("it has no subscriptions and will never be refreshed: add one")
    }

    /// Nil where it names no repository: it is broken, or of a type that has none.
    private static func read(
        _ element: YAMLValue,
        of target: Target,
        _ selectors: inout SelectorReader,
        _ problems: inout [Problem]
    ) -> Subscription? {
        guard element.shape == .mapping else {
            problems.append(element.mismatch(.mapping))
            return nil
        }
        let types = element.members.filter { $0.key != "name" && $0.value.shape != .empty }
        let known = types.compactMap { type in RepositoryKind(rawValue: type.key).map { ($0, type.value) } }
        guard let (kind, value) = known.first else {
            // A type that Kargo has learnt since: nothing that an event could name.
            if types.isEmpty {
                problems.append(element.error("\(element.path) has no type: add git, image or chart"))
            }
            return nil
        }
        guard known.count == 1 else {
            let names = known.map(\.0.rawValue).listed()
            problems.append(
                element.error("\(element.path) has several types, \(names): make a subscription of each")
            )
            return nil
        }
        guard value.shape == .mapping else {
            problems.append(value.mismatch(.mapping))
            return nil
        }
        let url = value.requiredText("repoURL", &problems)
        let selector = selectors.selector(kind, value, &problems)
        return url.map {
            Subscription(target: target, repository: RepositoryKey($0, kind: kind), selector: selector)
        }
    }
}
