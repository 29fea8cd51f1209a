// SPDX-License-Identifier: Apache-2.0

import Outbox
import POSIX
import TestSupport
import Testing

@testable import WebhookFCGI

@Suite struct SparklineTests {
    private func draw(_ sparkline: Sparkline) -> String {
        var html = HTML()
        sparkline.draw(&html)
        return String(decoding: html.bytes, as: UTF8.self)
    }

    @Test func `An hour without deliveries is a line of its own colour`() {
        let drawn = draw(Sparkline(hours: [Activity.Tally](repeating: .init(), count: 24)))
        #expect(drawn.split(separator: "v-1h4v1z").count == 25)
        #expect(
            drawn.contains(#"<path class="none" d="M0 24v-1h4v1zM5 24"#) && !drawn.contains(#"class="good""#)
        )
        #expect(drawn.contains(#"aria-label="last 24 hours: 0 accepted, 0 refused""#))
    }

    /// What is refused stands on what is accepted, and both fit.
    @Test func `The highest hour is as high as the picture, and one delivery among many is seen`() throws {
        let folder = try TemporaryFolder()
        let outbox = Outbox(directory: folder.path, settings: OutboxSettings()) { _ in }
        var activity = Activity()
        let receiver = ReceiverName(project: "a", name: "r")
        let now = Timestamp(microseconds: 1_767_225_600_000_000)
        activity.count(.accepted, 500, to: receiver, at: now)
        activity.count(.malformed, 500, to: receiver, at: now)
        activity.count(.unauthorized, to: receiver, at: now - .seconds(3600))
        activity.count(.unauthorized, to: receiver, at: now - .seconds(7200))
        activity.count(.accepted, 999, to: receiver, at: now - .seconds(7200))
        try OutboxMaintenance(outbox).write(activity, at: now)
        let hours = try #require(try outbox.activity(at: now)[receiver]).hours
        let drawn = draw(Sparkline(hours: hours))
        #expect(drawn.contains(#"<path class="good" d="M105 24v-22h4v22zM115 24v-12h4v12z">"#), "\(drawn)")
        #expect(
            drawn.contains(#"<path class="bad" d="M105 2v-2h4v2zM110 24v-2h4v2zM115 12v-12h4v12z">"#),
            "\(drawn)"
        )
    }
}
