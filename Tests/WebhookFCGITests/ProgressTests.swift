// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebhookFCGI

@Suite struct ProgressTests {
    @Test func `What is left follows from what was done since it is watched`() {
        let start = ContinuousClock.now
        var estimate = ProgressEstimate(from: start)
        #expect(estimate.left(nil, at: start + .seconds(5)) == nil)
        // Half of it was done before.
        #expect(estimate.left(0.5, at: start) == nil)
        #expect(estimate.left(0.5, at: start + .seconds(10)) == nil)
        #expect(estimate.left(0.75, at: start + .seconds(20)) == .seconds(20))
        #expect(estimate.left(1, at: start + .seconds(40)) == .zero)
    }

    @Test(arguments: [
        (nil, nil, nil, "3 projects"), (0.25, nil, nil, "25%: 3 projects"),
        (0.5, Duration.seconds(600), nil, "50%, about 10m left: 3 projects"),
        (0.5, .seconds(30), 60, "[#######        ] 50%, about 30s left: 3 projects"),
        (1, nil, 60, "[###############] 100%: 3 projects"), (0.5, nil, 16, "[#####     ] 50"),
    ])
    func `It is a bar on a terminal, and words elsewhere`(
        _ fraction: Double?,
        _ left: Duration?,
        _ width: Int?,
        _ text: String
    ) {
        #expect(ProgressLine.text(fraction, left, "3 projects", width: width) == text)
    }
}
