// SPDX-License-Identifier: Apache-2.0

import POSIX
import Subscriptions

@testable import Outbox

extension DeliveryRecord {
    /// One as most are; a test says what matters to it.
    static func sample(
        _ id: String,
        at time: Timestamp,
        to targets: [Target],
        project: String = "a",
        receiver: String = "r",
        provider: String = "harbor",
        event: String? = nil,
        decision: String = "{}",
        body: [UInt8] = [],
        repetitionKey: [UInt8]? = nil,
        duration: Duration = .zero,
        redeliveryOf: String? = nil
    ) -> DeliveryRecord {
        DeliveryRecord(
            id: id,
            received: time,
            project: project,
            receiver: receiver,
            provider: provider,
            event: event,
            status: targets.isEmpty ? 200 : 202,
            decision: decision,
            body: body,
            repetitionKey: repetitionKey,
            targets: targets,
            duration: duration,
            redeliveryOf: redeliveryOf
        )
    }
}

/// So many seconds after 2026 began.
func second(_ seconds: Double) -> Timestamp {
    Timestamp(microseconds: 1_767_225_600_000_000 + Int64(seconds * 1_000_000))
}
