// SPDX-License-Identifier: Apache-2.0

internal import Subscriptions

/// The repositories that a Warehouse subscribes to.
struct WarehouseManifest: Sendable {
    let repositories: [RepositoryKey]

    /// Reads `spec.subscriptions`; a broken one is left out and does not take its neighbours with it.
    init(_ manifest: YAMLValue, _ problems: inout [Problem]) {
        guard let spec = manifest.optional("spec", .mapping, &problems) else {
            if manifest["spec"] == nil { problems.append(Self.nothingToWatch(manifest)) }
            repositories = []
            return
        }
        guard let list = spec.optional("subscriptions", .list, &problems) else {
            if spec["subscriptions"] == nil { problems.append(Self.nothingToWatch(spec)) }
            repositories = []
            return
        }
        repositories = list.elements.compactMap { Self.read($0, &problems) }
        if list.elements.isEmpty { problems.append(Self.nothingToWatch(list)) }
    }

    private static func nothingToWatch(_ value: YAMLValue) -> Problem {
        value.warning("this Warehouse has no subscriptions and will never be refreshed: add one")
    }

    /// The repository of a subscription; nil where it is broken, or of a type that has no repository.
    private static func read(_ element: YAMLValue, _ problems: inout [Problem]) -> RepositoryKey? {
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
        return value.requiredText("repoURL", &problems).map { RepositoryKey($0, kind: kind) }
    }
}
