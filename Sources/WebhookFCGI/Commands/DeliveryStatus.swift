// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Outbox

/// What `--status` selects: an HTTP status, or what has become of the targets.
enum DeliveryStatus: ExpressibleByArgument, Equatable {
    case http(Int)
    case result(LoggedDelivery.Result)

    init?(argument: String) {
        if let result = LoggedDelivery.Result(rawValue: argument) {
            self = .result(result)
        } else if let status = Int(argument), (100...599).contains(status) {
            self = .http(status)
        } else {
            return nil
        }
    }

    static var allValueStrings: [String] { LoggedDelivery.Result.allCases.map(\.rawValue) + ["200", "202"] }
}
