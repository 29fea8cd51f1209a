// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import FoundationEssentials
import Handlers
import Subscriptions

/// A decision in full, for people and for programs: what was read, who was asked, and what each said.
struct Explanation: Codable, Equatable {
    /// `project/name`, or the name alone for a cluster's receiver.
    let receiver: String
    let provider: String
    let authentication: Authenticity

    /// True where the sender still has the previous secret; else left out.
    let previousSecret: Bool?

    /// The sender's word for what happened, where it could be read.
    let event: String?
    let pushes: [Push]
    let subscriptions: [Considered]

    /// What a catalogue may have to show otherwise; left out for a receiver that refreshes Warehouses.
    let objects: [Changed]?

    /// What a catalogue would be told of each; left out where nobody has looked.
    var catalogue: [CatalogueExplanation]?

    /// Why the catalogue is told nothing until that is mended; left out where nothing is in the way.
    var obstacle: String?

    /// Subscriptions that were looked at, or objects, and are not listed.
    let omitted: Int

    /// The Warehouses that are refreshed, or the objects, each after its receiver.
    let targets: [String]

    /// The reply to the sender, as status and body.
    let status: Int
    let reply: String

    /// Whether the delivery proved that it is genuine.
    enum Authenticity: String, Codable {
        case genuine
        case refused
        /// The sender knew the URL, and there is nothing else to look at.
        case url
        /// No header was there to look at; the rest is explained as if it had been genuine.
        case notChecked = "not checked"
    }

    struct Push: Codable, Equatable {
        /// As the sender wrote it, without user-info.
        let repository: String
        /// As subscriptions are looked up, by kind; without user-info too.
        let urls: [String: String]
        let qualifiers: String
    }

    struct Considered: Codable, Equatable {
        let warehouse: String
        let kind: String
        let url: String
        /// The strategy and its constraint.
        let selector: String
        /// Nil when it takes what the push brings.
        let refusal: String?
    }

    struct Changed: Codable, Equatable {
        /// Its identifier.
        let object: String
        let kind: String
        /// What of it may be another.
        let change: String
    }

    /// Lists at most `limit` subscriptions, or objects.
    init(
        _ decision: Decision,
        _ receiver: Receiver,
        _ authentication: Authenticity,
        limit: Int = .max
    ) {
        let considerations = decision.match?.considerations ?? []
        let reply = decision.reply(decision.expected)
        self.receiver = receiver.title
        self.authentication = authentication == .genuine ? Authenticity(receiver) : authentication
        previousSecret = decision.usesPreviousSecret ? true : nil
        provider = receiver.provider.rawValue
        event = decision.event
        pushes = (decision.match?.event.pushes ?? []).map { push in
            let urls = push.displayedKeys.map { ($0.kind.rawValue, $0.url) }
            return Push(
                repository: push.displayedRepository,
                urls: Dictionary(urls) { first, _ in first },
                qualifiers: push.qualifiers.description
            )
        }
        subscriptions = considerations.prefix(limit).map { consideration in
            Considered(
                warehouse: consideration.subscription.target.description,
                kind: consideration.subscription.repository.kind.rawValue,
                url: consideration.subscription.repository.displayedURL,
                selector: consideration.subscription.selector.description,
                refusal: consideration.refusal?.description
            )
        }
        objects = decision.update?.objects.prefix(limit).map { object in
            Changed(
                object: object.identifier,
                kind: object.kind.rawValue,
                change: object.change(after: decision.event ?? "")
            )
        }
        omitted = max(0, considerations.count + (decision.update?.objects.count ?? 0) - limit)
        targets = decision.targets.map(\.description)
        status = reply.status
        self.reply = String(decoding: reply.body, as: UTF8.self)
    }
}

extension Explanation: CustomStringConvertible {
    /// For people, step by step.
    var description: String {
        var lines = ["receiver    \(receiver) (\(provider))", "delivery    \(proof)"]
        if let event { lines.append("event       \(event.visible)") }
        for push in pushes {
            lines.append("repository  \(push.repository.visible)")
            lines += push.urls.sorted { $0.key < $1.key }.map {
                "  as \($0.key)".padded(to: 12) + $0.value.visible
            }
            lines.append("  new".padded(to: 12) + push.qualifiers.visible)
        }
        let width = subscriptions.map(\.warehouse.count).max() ?? 0
        lines += subscriptions.map { subscription in
            "warehouse   \(subscription.warehouse.padded(to: width))  \(subscription.kind.padded(to: 5))  "
                + "\(subscription.selector): \(subscription.refusal.map { "no, \($0.visible)" } ?? "accepted")"
        }
        for object in objects ?? [] where catalogue == nil {
            lines.append("\(object.kind.padded(to: 12))\(object.object.visible): \(object.change)")
        }
        lines += (catalogue ?? []).flatMap(\.lines)
        if let obstacle { lines.append("waits for   \(obstacle.visible)") }
        if objects == nil {
            lines.append("refreshes   \(targets.isEmpty ? "nothing" : targets.joined(separator: ", "))")
        } else if omitted > 0 {
            lines.append("and \(omitted) more".padded(to: 12))
        }
        lines.append("reply       \(status) \(reply)")
        return lines.joined(separator: "\n")
    }

    /// Whether the delivery is genuine, and by what.
    var proof: String {
        switch authentication {
        case .genuine where previousSecret == true: "genuine, by the previous secret"
        case .genuine: "genuine"
        case .refused: "refused"
        case .url: "nothing but knowing the URL proves that it is genuine"
        case .notChecked: "taken for genuine: give --header 'Authorization: …' to check that too"
        }
    }
}

extension Explanation.Authenticity {
    /// Of a delivery that `receiver` has not refused.
    init(_ receiver: Receiver) {
        self = receiver.provider.handler.authentication == .url ? .url : .genuine
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
