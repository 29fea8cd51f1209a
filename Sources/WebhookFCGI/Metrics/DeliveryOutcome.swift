// SPDX-License-Identifier: Apache-2.0

/// What became of a delivery by the time of the reply, as metrics tell it.
enum DeliveryOutcome: Int, CaseIterable {
    case refreshed
    case accepted
    case unmatched
    case ignored
    case duplicate
    case unauthorized
    case invalid
    case methodNotAllowed
    case tooLarge
    case rateLimited
    case notStored

    /// The label's value.
    var word: String {
        switch self {
        case .refreshed: "refreshed"
        case .accepted: "accepted"
        case .unmatched: "unmatched"
        case .ignored: "ignored"
        case .duplicate: "duplicate"
        case .unauthorized: "unauthorized"
        case .invalid: "invalid"
        case .methodNotAllowed: "method_not_allowed"
        case .tooLarge: "too_large"
        case .rateLimited: "rate_limited"
        case .notStored: "not_stored"
        }
    }

    /// How many there are, known when the program is built.
    static let count = 11
}

extension Decision {
    func outcome(_ progress: Progress) -> DeliveryOutcome {
        switch (answer, progress) {
        case (_, .failed): .notStored
        case (_, .repetition): .duplicate
        case (.acknowledged, _): .ignored
        case (.limited, _): .rateLimited
        case (.refreshed, .accepted), (.updated, .accepted): .accepted
        case (.updated, _): .refreshed
        case (.refreshed, _): targets.isEmpty ? .unmatched : .refreshed
        case (.refused(let status, _), _):
            switch status {
            case 401: .unauthorized
            case 405: .methodNotAllowed
            case 413: .tooLarge
            default: .invalid
            }
        }
    }
}
