// SPDX-License-Identifier: Apache-2.0

import FastCGI

/// How the service is, for probes and for people.
struct Health: Equatable {
    /// Whether a delivery would be taken.
    let isReady: Bool

    /// What is wrong, even when deliveries are taken all the same.
    let problems: [Problem]

    struct Problem: Equatable {
        let part: Part

        /// For whoever may know paths, objects and errors.
        let text: String
    }

    /// What can be wrong; the raw value is in the JSON.
    enum Part: String {
        /// What the manifests were read from: not known yet, or not known to be what it is now.
        case source
        /// Where deliveries are kept.
        case outbox
        /// Where refreshes go.
        case sink
        /// What catalogues show, or where that comes from.
        case catalogue
    }
}

extension Health {
    /// What is said while the outbox takes its time with the answer.
    static let unknown = Health(
        isReady: false,
        problems: [Problem(part: .outbox, text: "the outbox does not answer: is its disk working?")]
    )

    /// The reply to a probe: 200, or 503 when nothing should be sent here.
    ///
    /// Without `details` it names the parts only.
    func reply(withDetails details: Bool) -> Reply {
        var body = JSONText(capacity: 128)
        body.append(#"{"status":"\#(isReady ? "ready" : "not ready")","problems":["#)
        for (index, problem) in problems.enumerated() {
            if index > 0 { body.append(",") }
            body.append(#"{"part":"\#(problem.part.rawValue)""#)
            if details {
                body.append(#","problem":"#)
                body.append(quoted: problem.text)
            }
            body.append("}")
        }
        body.append("]}\n")
        return Reply(status: isReady ? 200 : 503, headers: Reply.statusHeaders(.json), body: body.bytes)
    }
}
