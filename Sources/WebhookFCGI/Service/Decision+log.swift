// SPDX-License-Identifier: Apache-2.0

import Config
import Handlers
import Logging
import POSIX
import Subscriptions

extension Decision {
    /// The one line that every delivery gets, or nothing where such lines are not wanted.
    ///
    /// Nothing in it is secret: no header, no body, and not the path, which may be all that authenticates.
    func logLine(_ status: Int, _ settings: Settings.Log, at time: Timestamp, duration: Duration) -> [UInt8] {
        guard settings.level.swiftLog <= .info else { return [] }
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        var line = LogLine(settings.format, time: time, level: .info, message: "delivery")
        line.append("id", id.description)
        if let receiver {
            if !receiver.project.isEmpty { line.append("project", receiver.project) }
            line.append("receiver", receiver.name)
            line.append("provider", receiver.provider.rawValue)
        }
        if let event { line.append("event", event) }
        line.append("status", number: status)
        line.append("duration_ms", number: Double(microseconds) / 1000)
        if case .refused(_, let reason) = answer { line.append("reason", reason) }
        if let reason { line.append("reason", reason) }
        if let pushes = match?.event.pushes {
            line.append("repositories", pushes.map(\.displayedRepository).joined(separator: ","))
        }
        line.append("targets", number: targets.count)
        return line.encoded
    }
}
