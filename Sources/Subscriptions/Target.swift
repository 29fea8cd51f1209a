// SPDX-License-Identifier: Apache-2.0

/// What is brought up to date: a Warehouse, by refreshing it, or an object that a catalogue shows.
package struct Target: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Of an object the receiver that shows it, `project/name`.
    package let namespace: String
    package let name: String
    package let lane: Lane

    /// What is served apart from all others, so that none waits for another's outage.
    package enum Lane: UInt8, Sendable, CaseIterable {
        case warehouses
        case catalogue
    }

    /// Several of them, or none.
    package struct Lanes: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let warehouses = Lanes(rawValue: 1)
        package static let catalogue = Lanes(rawValue: 2)
    }

    /// A Warehouse.
    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
        lane = .warehouses
    }

    /// The object with this identifier, as `receiver` of `project` shows it.
    package init(project: String, receiver: String, object: String) {
        namespace = "\(project)/\(receiver)"
        name = object
        lane = .catalogue
    }

    package init(_ lane: Lane, namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
        self.lane = lane
    }

    /// Reads ``description``; nil for what is none.
    ///
    /// Neither a namespace nor a receiver has a slash in its name, and a Warehouse has none either.
    package init?(_ text: some StringProtocol) {
        let parts = Substring(text).split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
            .map(String.init)
        guard parts.count >= 2, !parts.contains("") else { return nil }
        if parts.count == 2 {
            self.init(namespace: parts[0], name: parts[1])
        } else {
            self.init(project: parts[0], receiver: parts[1], object: parts[2])
        }
    }

    package var description: String { "\(namespace)/\(name)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }

    /// The lane follows from the namespace, and need not be looked at again.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(namespace)
        hasher.combine(name)
    }
}
