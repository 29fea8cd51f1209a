// SPDX-License-Identifier: Apache-2.0

import Config
import Handlers
import Subscriptions

/// A push to Harbor as a project's receiver gets it.
struct SampleDelivery {
    private let path: String
    private let delivery: Delivery

    /// To the receiver of a project, of a new tag of `image`.
    init(to project: Int, of snapshot: Snapshot, image: String) throws {
        let name = Fleet.project(project)
        guard let receiver = snapshot.receivers.first(where: { $0.project == name }) else {
            throw UsageError()
        }
        path = receiver.path
        let body = """
            {"type":"PUSH_ARTIFACT","occur_at":1767225600,"operator":"robot$ci","event_data":{"resources":[{\
            "digest":"sha256:1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f","tag":"1.4.2",\
            "resource_url":"\(image):1.4.2"}],"repository":{"date_created":1766620800,"name":"api",\
            "namespace":"team-a","repo_full_name":"team-a/api","repo_type":"private"}}}
            """
        delivery = Delivery(
            headers: ["content-type": "application/json", "authorization": Fleet.secret(project)],
            body: Array(body.utf8)
        )
    }

    /// What the responder does with a request before it refreshes: look up, authenticate, read, match, explain.
    func decide(by snapshot: Snapshot) {
        guard let receiver = snapshot.receiver(at: path) else { preconditionFailure("nobody receives") }
        let verdict = receiver.provider.handler.verdict(on: delivery, secret: receiver.secret)
        guard case .refresh(let event) = verdict else { preconditionFailure("it is not genuine") }
        let match = snapshot.subscriptions.match(event, in: receiver.scope)
        precondition(!match.considerations.isEmpty, "nobody subscribes to the sample image")
        blackHole(match.targets.count + (match.reason(namesWarehouses: true)?.utf8.count ?? 0))
    }

    /// Keeps the optimiser from leaving out what nobody looks at.
    @inline(never)
    private func blackHole(_: Int) {}
}
