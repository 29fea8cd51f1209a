// SPDX-License-Identifier: Apache-2.0

import Handlers
import Subscriptions
import Testing

@Suite struct IdentityTests {
    @Test(
        arguments: [
            (
                Provider.harbor, "harbor/cloudevents-artifact-pushed",
                "/projects/7/webhook/policies/12 8d7d2c8e-0f4b-4c1e-9a55-000000000001"
            ),
            (.harbor, "harbor/default-push-artifact", nil),
            (.azure, "azure/acr-push", "cb8c3971-9adc-488b-bdd8-43cbb4974ff5"),
            (.azure, "azure/devops-push", "03c164c2-8912-4d5e-8009-3707d5f83734"),
            (.dockerhub, "dockerhub/push", nil),
        ] as [(Provider, String, String?)]
    )
    func `A retry is told by the sender's own name for the event, where it has one`(
        _ provider: Provider,
        _ name: String,
        _ identity: String?
    ) throws {
        let delivery = Delivery(headers: ["Authorization": "s3cr3t"], body: try fixture(name))
        guard case .refresh(let event) = provider.handler.verdict(on: delivery, secret: try secret()) else {
            Issue.record("not a refresh")
            return
        }
        #expect(event.identity == identity)
    }
}
