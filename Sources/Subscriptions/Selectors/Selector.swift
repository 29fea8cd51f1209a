// SPDX-License-Identifier: Apache-2.0

/// What of a repository a subscription takes, compiled once when the snapshot is built.
package enum Selector: Sendable {
    case image(ImageSelector)
    case chart(ChartSelector)
    case git(GitSelector)

    /// What the Warehouse says makes no sense, for this reason; it takes nothing until it is mended.
    case invalid(String)

    /// Why nothing in `push` is taken, or nil if something is.
    package func refusal(of push: Event.Push) -> Refusal? {
        switch self {
        case .image(let selector): selector.refusal(of: push.qualifiers)
        case .chart(let selector): selector.refusal(of: push.qualifiers)
        case .git(let selector): selector.refusal(of: push)
        case .invalid(let reason): .invalid(reason)
        }
    }
}

extension Selector {
    /// Everything that what it takes depends on, the same text in every process.
    package var definition: String {
        switch self {
        case .image(let selector): selector.definition
        case .chart(let selector): selector.definition
        case .git(let selector): selector.definition
        case .invalid(let reason): "invalid \(reason)"
        }
    }
}

extension Selector: CustomStringConvertible {
    /// Strategy and constraint, for `explain`.
    package var description: String {
        switch self {
        case .image(let selector): selector.description
        case .chart(let selector): selector.description
        case .git(let selector): selector.description
        case .invalid: "invalid"
        }
    }
}

extension Collection where Element == String {
    /// The first name's refusal when `check` refuses all of them, nil when it accepts one.
    func refusal(_ check: (String) -> Refusal?) -> Refusal? {
        var first: Refusal?
        for name in self {
            guard let refusal = check(name) else { return nil }
            first = first ?? refusal
        }
        return first
    }
}
