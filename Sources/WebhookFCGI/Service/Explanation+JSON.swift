// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension Explanation {
    /// For programs, with line breaks for people who look at it all the same.
    var prettyJSON: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do { return String(decoding: try encoder.encode(self), as: UTF8.self) } catch { return "{}" }
    }

    /// The same for the delivery log, on the way to every reply, at a tenth of an encoder's cost.
    var compactJSON: String {
        var text = JSONText(capacity: 1024)
        text.append(#"{"authentication":"#)
        text.append(quoted: authentication.rawValue)
        text.append(member: "event", event)
        text.append(#","omitted":\#(omitted)"#)
        text.append(member: "provider", provider)
        text.append(list: "pushes", pushes) { $0.append($1) }
        text.append(member: "receiver", receiver)
        text.append(member: "reply", reply)
        text.append(#","status":\#(status)"#)
        text.append(list: "subscriptions", subscriptions) { $0.append($1) }
        text.append(list: "targets", targets) { $0.append(quoted: $1) }
        text.append("}")
        return String(decoding: text.bytes, as: UTF8.self)
    }
}

extension JSONText {
    fileprivate mutating func append(member key: String, _ value: String?) {
        guard let value else { return }
        append(#","\#(key)":"#)
        append(quoted: value)
    }

    fileprivate mutating func append<Element>(
        list key: String,
        _ elements: [Element],
        _ append: (inout JSONText, Element) -> Void
    ) {
        self.append(#","\#(key)":["#)
        for (index, element) in elements.enumerated() {
            if index > 0 { self.append(",") }
            append(&self, element)
        }
        self.append("]")
    }

    fileprivate mutating func append(_ push: Explanation.Push) {
        append(#"{"qualifiers":"#)
        append(quoted: push.qualifiers)
        append(member: "repository", push.repository)
        append(#","urls":{"#)
        for (index, url) in push.urls.sorted(by: { $0.key < $1.key }).enumerated() {
            append(index > 0 ? "," : "")
            append(quoted: url.key)
            append(":")
            append(quoted: url.value)
        }
        append("}}")
    }

    fileprivate mutating func append(_ considered: Explanation.Considered) {
        append(#"{"kind":"#)
        append(quoted: considered.kind)
        append(member: "refusal", considered.refusal)
        append(member: "selector", considered.selector)
        append(member: "url", considered.url)
        append(member: "warehouse", considered.warehouse)
        append("}")
    }
}
