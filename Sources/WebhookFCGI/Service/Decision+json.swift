// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import Handlers
import Subscriptions

extension Decision {
    /// What the delivery log keeps of the decision on a genuine delivery: the JSON of an ``Explanation`` with at most
    /// `limit` subscriptions and ten pushes, and of a stranger's text the beginning: nobody must be able to fill the disk.
    ///
    /// It is made on the way to every reply. To make the explanation first, and let an encoder write it, costs fifteen
    /// times as much.
    func json(_ receiver: Receiver, limit: Int) -> String {
        let considerations = match?.considerations ?? []
        let reply = reply(expected)
        var text = JSONText(capacity: 1024)
        text.append(#"{"authentication":""#)
        text.append(Explanation.Authenticity(receiver).rawValue)
        if let event { text.append(#"","event":""#, escaped: event.shortened) }
        if let update {
            let event = event ?? ""
            text.append(#"","objects":["#, update.objects.prefix(limit)) { $0.append($1, after: event) }
            text.append(#"],"omitted":"#)
        } else {
            text.append(#"","omitted":"#)
        }
        text.append(String(max(0, considerations.count + (update?.objects.count ?? 0) - limit)))
        if usesPreviousSecret {
            text.append(",")
            text.append(Self.markOfPreviousSecret)
        }
        text.append(#","provider":""#)
        text.append(receiver.provider.rawValue)
        text.append(#"","pushes":["#, (match?.event.pushes ?? []).prefix(Self.pushesInLog)) { $0.append($1) }
        text.append(#"],"receiver":""#)
        text.append(receiver.title)
        text.append(#"","reply":""#)
        text.append(escaped: reply.body)
        text.append(#"","status":"#)
        text.append(String(reply.status))
        text.append(#","subscriptions":["#, considerations.prefix(limit)) { $0.append($1) }
        text.append(#"],"targets":["#, targets) { $0.append(#"""#, $1) }
        text.append("]}")
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// What the JSON holds where the previous secret was used, and nowhere else: in a string its quotes are escaped.
    static let markOfPreviousSecret = #""previousSecret":true"#

    /// Of the repositories that a delivery names; registries name one.
    private static let pushesInLog = 10
}

// The names of Kubernetes' objects (RFC 1123) and the words of this program hold nothing to be escaped.
extension JSONText {
    /// Adds a part of a string, and before it `head`.
    fileprivate mutating func append(_ head: StaticString, escaped value: String) {
        append(head)
        append(escaped: value)
    }

    /// Adds `head`, and elements with a comma between them.
    fileprivate mutating func append<Elements: Collection>(
        _ head: StaticString,
        _ elements: Elements,
        _ append: (inout JSONText, Elements.Element) -> Void
    ) {
        self.append(head)
        var isFirst = true
        for element in elements {
            if !isFirst { self.append(",") }
            append(&self, element)
            isFirst = false
        }
    }

    fileprivate mutating func append(_ push: Event.Push) {
        append(#"{"qualifiers":""#, escaped: push.qualifiers.description)
        append(#"","repository":""#, escaped: push.displayedRepository.shortened)
        append(#"","urls":{"#)
        let keys = push.displayedKeys
        var isFirst = true
        for kind in [RepositoryKind.chart, .git, .image] {
            for key in keys where key.kind == kind {
                append(isFirst ? #"""# : #"",""#)
                append(kind.rawValue)
                append(#"":""#, escaped: key.url.shortened)
                isFirst = false
            }
        }
        append(isFirst ? "}}" : #""}}"#)
    }

    fileprivate mutating func append(_ object: CatalogueObject, after event: String) {
        append(#"{"change":""#)
        append(object.change(after: event))
        append(#"","kind":""#)
        append(object.kind.rawValue)
        append(#"","object":""#, escaped: object.identifier)
        append(#""}"#)
    }

    fileprivate mutating func append(_ consideration: Match.Consideration) {
        let subscription = consideration.subscription
        append(#"{"kind":""#)
        append(subscription.repository.kind.rawValue)
        if let refusal = consideration.refusal { append(#"","refusal":""#, escaped: refusal.description) }
        append(#"","selector":""#, escaped: subscription.selector.description)
        append(#"","url":""#, escaped: subscription.repository.displayedURL)
        append(#"","warehouse":""#, subscription.target)
        append("}")
    }

    fileprivate mutating func append(_ head: StaticString, _ target: Target) {
        append(head)
        append(target.namespace)
        append("/")
        // An object's name is a stranger's.
        if target.lane == .warehouses { append(target.name) } else { append(escaped: target.name) }
        append(#"""#)
    }
}
