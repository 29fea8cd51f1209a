// SPDX-License-Identifier: Apache-2.0

import Outbox

/// What the status location has.
enum StatusPage: Equatable {
    /// Whether the loop runs.
    case liveness
    /// Whether deliveries are taken, and what is wrong.
    case readiness
    case metrics

    // For people.
    case overview, deliveries, outbox
    case delivery(id: String)
    /// What has become of a wish to have a delivery delivered once more.
    case redelivery(sequence: Int64)
    case stylesheet, icon

    // What their buttons do.
    case redeliver(id: String)
    case retry, drop

    private static let fixed: [StatusPage] = [
        .liveness, .readiness, .metrics, .overview, .deliveries, .outbox, .stylesheet, .icon, .retry, .drop,
    ]

    /// Nil where there is nothing.
    init?(path: String) {
        if let page = Self.fixed.first(where: { $0.path == path }) {
            self = page
            return
        }
        let steps = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let page: StatusPage? =
            switch (steps.count, steps.first) {
            case (2, "deliveries"): .delivery(id: String(steps[2]))
            case (3, "deliveries"): .redeliver(id: String(steps[2]))
            case (2, "redeliveries"): Int64(steps[2]).map { .redelivery(sequence: $0) }
            default: nil
            }
        // Anything else would be another name for the same page, or none of a delivery at all.
        guard let page, page.path == path, page.hasSoundID else { return nil }
        self = page
    }

    /// Below the location's own.
    var path: String {
        switch self {
        case .liveness: "/healthz"
        case .readiness: "/readyz"
        case .metrics: "/metrics"
        case .overview: "/"
        case .deliveries: "/deliveries"
        case .outbox: "/outbox"
        case .delivery(let id): "/deliveries/\(id)"
        case .redelivery(let sequence): "/redeliveries/\(sequence)"
        case .stylesheet: "/style.css"
        case .icon: "/icon.svg"
        case .redeliver(let id): "/deliveries/\(id)/redeliver"
        case .retry: "/outbox/retry"
        case .drop: "/outbox/drop"
        }
    }

    private var hasSoundID: Bool {
        switch self {
        case .delivery(let id), .redeliver(let id): DeliveryID(id) != nil
        default: true
        }
    }

    /// Load balancers and Kubernetes' probes ask from other machines and have no password: what these pages tell a
    /// stranger is whether it works.
    var isForEverybody: Bool { self == .liveness || self == .readiness }

    /// Whether it changes something.
    var isAction: Bool {
        switch self {
        case .redeliver, .retry, .drop: true
        default: false
        }
    }

    /// As the header `Allow` has them.
    var methods: String { isAction ? "POST" : "GET, HEAD" }
}
