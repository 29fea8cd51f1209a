// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import Handlers
import Logging
import POSIX
import Sinks
import Subscriptions

/// Answers the deliveries of a turn: decides each, refreshes all their targets together, replies, logs.
struct DeliveryResponder: Responder {
    let service: Service

    var bodyLimit: Int { service.state.settings.limits.bodyBytes }

    func respond(to requests: [Request]) -> [Reply] {
        let started = ContinuousClock.now
        let time = Timestamp.now()
        // One state for the whole turn: a reload in the middle of it changes nothing that is under way.
        let state = service.state
        let decisions = requests.map {
            Decision($0, state.snapshot, bodyLimit: state.settings.limits.bodyBytes, at: time)
        }
        let targets = Set(decisions.lazy.flatMap(\.targets))
        let failures = targets.isEmpty ? [:] : state.sink.refresh(targets)
        for (target, error) in failures.sorted(by: { $0.key < $1.key }) {
            service.log.logger.error(
                "cannot refresh",
                metadata: ["target": "\(target)", "error": "\(error)"]
            )
        }
        let replies = decisions.map { $0.reply(failures) }
        record(zip(decisions, replies), at: time, duration: started.duration(to: .now))
        return replies
    }

    /// One line for every delivery, written together.
    private func record(
        _ deliveries: some Sequence<(Decision, Reply)>,
        at time: Timestamp,
        duration: Duration
    ) {
        guard service.log.includes(.info) else { return }
        let format = service.log.settings.format
        service.log.write(
            deliveries.map { $0.logLine(format, time: time, status: $1.status, duration: duration) }.joined()
        )
    }
}

extension Decision {
    /// Nothing in it is secret: no header, no body, and not the path, which may be all that authenticates.
    fileprivate func logLine(_ format: LogFormat, time: Timestamp, status: Int, duration: Duration) -> String
    {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        var line = LogLine(format, time: time, level: .info, message: "delivery")
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
            line.append("repositories", pushes.map(\.repository).joined(separator: ","))
        }
        line.append("targets", number: targets.count)
        return line.encoded
    }
}
