// SPDX-License-Identifier: Apache-2.0

import Config
import Handlers
import Outbox
import Subscriptions

extension Decision {
    /// Completes the one line that every delivery gets.
    ///
    /// Nothing in it is secret: no header, no body, and not the path, which may be all that authenticates.
    func describe(status: Int, duration: Duration, in line: inout LogLine) {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        line.append("id", id.description)
        if let receiver {
            if !receiver.project.isEmpty { line.append("project", receiver.project) }
            line.append("receiver", receiver.name)
            line.append("provider", receiver.provider.rawValue)
        }
        if usesPreviousSecret { line.append("previous_secret", number: true) }
        if let event { line.append("event", event) }
        line.append("status", number: status)
        line.append("duration_ms", number: Double(microseconds) / 1000)
        switch answer {
        case .refused(_, let reason): line.append("reason", reason)
        case .limited: line.append("reason", Self.tooMany)
        case .refreshed, .updated, .acknowledged: break
        }
        if let reason { line.append("reason", reason) }
        if let pushes = match?.event.pushes {
            line.append("repositories", pushes.map(\.displayedRepository).joined(separator: ","))
        }
        if let objects = update?.objects {
            line.append(
                "objects",
                objects.prefix(Self.objectsInLine).map(\.identifier).joined(separator: ",")
            )
        }
        line.append("targets", number: targets.count)
    }

    /// Of those that an event may have changed; most events are about two.
    private static let objectsInLine = 10
}
