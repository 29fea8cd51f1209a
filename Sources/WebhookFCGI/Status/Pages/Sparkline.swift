// SPDX-License-Identifier: Apache-2.0

import Outbox

/// The last hours of a receiver as bars: what was accepted, and on top of it what was refused.
struct Sparkline {
    let hours: [Activity.Tally]

    private static let height = 24
    private static let pitch = 5

    /// For those who do not see it.
    var description: String {
        let accepted = hours.reduce(0) { $0 + $1.accepted }
        let refused = hours.reduce(0) { $0 + $1.refused }
        return "last 24 hours: \(accepted) accepted, \(refused) refused"
    }

    /// Draws it as SVG.
    func draw(_ html: inout HTML) {
        let width = hours.count * Self.pitch
        let highest = hours.map { $0.accepted + $0.refused }.max() ?? 0
        html.element(
            "svg",
            [
                "class": "sparkline", "role": "img", "viewBox": "0 0 \(width) \(Self.height)",
                "width": "\(width)", "height": "\(Self.height)", "aria-label": description,
            ]
        ) { svg in
            svg.element("title", [:], description)
            // A shape for each colour, not one for each bar: there may be hundreds of receivers.
            var shapes = (none: "", good: "", bad: "")
            for (index, hour) in hours.enumerated() {
                let refused = Self.length(of: hour.refused, highest)
                let accepted = min(Self.length(of: hour.accepted, highest), Self.height - refused)
                if accepted + refused == 0 { shapes.none += Self.bar(index, bottom: 0, length: 1) }
                if accepted > 0 { shapes.good += Self.bar(index, bottom: 0, length: accepted) }
                if refused > 0 { shapes.bad += Self.bar(index, bottom: accepted, length: refused) }
            }
            for (style, shape) in [("none", shapes.none), ("good", shapes.good), ("bad", shapes.bad)]
            where !shape.isEmpty {
                svg.element("path", ["class": style, "d": shape], "")
            }
        }
    }

    /// Two at least: one among thousands is seen, too.
    private static func length(of count: Int, _ highest: Int) -> Int {
        count == 0 ? 0 : max(2, Int((Double(height) * Double(count) / Double(highest)).rounded()))
    }

    private static func bar(_ index: Int, bottom: Int, length: Int) -> String {
        "M\(index * pitch) \(height - bottom)v-\(length)h\(pitch - 1)v\(length)z"
    }
}
