// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import HTTP

/// The body of Harbor's errors.
struct HarborMessage: Decodable {
    private let errors: [Entry]

    private struct Entry: Decodable {
        let code: String
        let message: String?
    }

    /// Whether an answer says that an object does not exist.
    ///
    /// Entities are deleted for it, so a 404 is not enough: proxies have theirs, and Harbor says `NOT_FOUND` of a path, too,
    /// that it does not know, which every name with a slash becomes when a proxy on the way decodes it.
    static func saysGone(_ answer: HTTPAnswer) -> Bool {
        guard answer.status == 404, let error = first(answer) else { return false }
        return error.code == "NOT_FOUND" && error.message?.hasPrefix("path ") != true
    }

    /// Whether an answer is Harbor's own refusal, and no proxy's.
    static func saysForbidden(_ answer: HTTPAnswer) -> Bool {
        answer.status == 403 && first(answer)?.code == "FORBIDDEN"
    }

    private static func first(_ answer: HTTPAnswer) -> Entry? {
        (try? JSONDecoder().decode(Self.self, from: Data(answer.body)))?.errors.first
    }
}
