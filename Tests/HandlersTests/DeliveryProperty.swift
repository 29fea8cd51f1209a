// SPDX-License-Identifier: Apache-2.0

import Handlers
import Subscriptions

/// What holds of every delivery, however it came about.
///
/// The input is header fields, one a line, an empty line, and the body; the secret is `s3cr3t`. Checked with a
/// fixed seed by `swift test`, and with libFuzzer by `make fuzz`.
struct DeliveryProperty {
    private let provider: Provider
    private let handler: any Handler
    private let delivery: Delivery

    /// What is wrong, or nil; to return at all is part of the property.
    static func violation(_ input: [UInt8], of provider: Provider) -> String? {
        let property = DeliveryProperty(input, of: provider)
        return property.authentication() ?? property.interpretation()
    }

    private init(_ input: [UInt8], of provider: Provider) {
        self.provider = provider
        handler = provider.handler
        let newline = UInt8(ascii: "\n")
        let end = input.firstRange(of: [newline, newline])
        let fields = input[..<(end?.lowerBound ?? 0)].split(separator: newline).map { line in
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            let value = line.dropFirst(name.count + 1).drop { $0 == UInt8(ascii: " ") }
            return (
                name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self)
            )
        }
        delivery = Delivery(headers: Headers(fields), body: Array(input[(end?.upperBound ?? 0)...]))
    }

    /// Whoever has the secret is never refused for it, and whoever has not is, whatever else is sent.
    private func authentication() -> String? {
        for value in ["s3cr3t", "s3cr3", "s3cr3t\u{301}"] {
            guard let secret = Secret(Array(value.utf8)) else { return "a secret is refused" }
            let verdict = handler.verdict(on: delivery, secret: secret)
            guard verdict == handler.verdict(on: delivery, secret: secret) else {
                return "another verdict the second time: \(verdict)"
            }
            let values = delivery.headers["authorization"]
            let accepted = provider == .catalogue ? [value, "Harbor-Secret \(value)"] : [value]
            let isProven = values.count == 1 && accepted.contains { $0.utf8.elementsEqual(values[0].utf8) }
            guard handler.authentication == .url || isProven else {
                let rejection = values.first?.isEmpty ?? true ? Rejection.missingAuthorization : .unauthorized
                guard verdict == .reject(rejection) else { return "\(values) is believed: \(verdict)" }
                continue
            }
            guard verdict == verdictOnBody(delivery.body) else { return "\(values) is refused: \(verdict)" }
        }
        return nil
    }

    /// What is understood is sound, and is understood from what the body says, all of it.
    private func interpretation() -> String? {
        let (body, verdict) = (delivery.body, verdictOnBody(delivery.body))
        if let violation = violation(of: verdict) { return "\(violation): \(verdict)" }
        guard verdict == verdictOnBody(body + Array(" \r\n".utf8)) else { return "white space matters" }
        if case .reject = verdict { return nil }
        guard String(validating: body, as: UTF8.self) != nil, !body.contains(0) else {
            return "this is no text"
        }
        guard let start = body.firstIndex(of: UInt8(ascii: "{")),
            let end = body.lastIndex(of: UInt8(ascii: "}"))
        else { return "this is no object" }
        for length in [end, (start + end) / 2] {
            guard case .reject(.invalidBody) = verdictOnBody(Array(body[..<length])) else {
                return "half of it is understood"
            }
        }
        let extended = body[...start] + Array(#""":[1e999,{"a":null}],"#.utf8) + body[(start + 1)...]
        guard verdict == verdictOnBody(Array(extended)) else { return "an unknown field matters" }
        return nil
    }

    private func verdictOnBody(_ body: [UInt8]) -> Verdict {
        do { return try handler.interpret(Delivery(headers: delivery.headers, body: body)) } catch {
            return .reject(error)
        }
    }
}

extension DeliveryProperty {
    private func violation(of verdict: Verdict) -> String? {
        switch verdict {
        case .refresh(let event): violation(of: event)
        case .catalogue(let name, let objects, _): violation(of: name, objects)
        case .acknowledge(_, let message): violation(ofText: message)
        case .reject(let rejection):
            rejection.status == 400 ? violation(ofText: rejection.message) : "a body is unauthorized"
        }
    }

    private func violation(of event: String, _ objects: [CatalogueObject]) -> String? {
        guard provider == .catalogue, handler.events.contains(event) else { return "no event of a catalogue" }
        guard !objects.isEmpty, Set(objects).count == objects.count else { return "none, or one twice" }
        let isWhole = objects.allSatisfy { CatalogueObject(identifier: $0.identifier) == $0 }
        return isWhole ? nil : "an object that is not named by its identifier"
    }

    private func violation(of event: Event) -> String? {
        let names: [Provider: Set<String>] = [
            .harbor: ["PUSH_ARTIFACT"], .azure: ["push", "chart_push", "git.push"], .dockerhub: ["push"],
        ]
        guard names[provider]?.contains(event.name) == true else { return "no event that refreshes" }
        guard (1...100).contains(event.pushes.count) else { return "\(event.pushes.count) pushes" }
        return event.pushes.lazy.compactMap(violation).first
    }

    private func violation(of push: Event.Push) -> String? {
        guard !push.repository.isEmpty else { return "no repository" }
        guard !push.kinds.isEmpty, Set(push.kinds).count == push.kinds.count else { return "\(push.kinds)" }
        guard !push.keys.isEmpty, push.keys.count <= push.kinds.count else { return "\(push.keys)" }
        let isGit = push.kinds == [.git]
        guard isGit || !push.kinds.contains(.git) else { return "both Git and a registry" }
        let texts: [String]
        switch push.qualifiers {
        case .unknown where isGit: texts = []
        case .untagged where !isGit: texts = []
        case .tags(let tags) where !isGit && tags.count == 1: texts = tags
        case .refs(let refs) where isGit && (1...1000).contains(refs.count): texts = refs
        default: return "\(push.qualifiers)"
        }
        guard !texts.contains(where: \.isEmpty) else { return "an empty qualifier" }
        let isDigest = texts.contains { $0.utf8.contains(UInt8(ascii: ":")) }
        return provider == .harbor && isDigest ? "a digest for a tag" : nil
    }

    /// A reply is short, and a terminal obeys none of it.
    private func violation(ofText text: String) -> String? {
        guard text.unicodeScalars.count <= 200 else { return "a long text" }
        let orders: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]
        let hasOrder = text.unicodeScalars.contains { orders.contains($0.properties.generalCategory) }
        return hasOrder ? "a text that a terminal obeys" : nil
    }
}
