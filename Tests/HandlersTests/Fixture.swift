// SPDX-License-Identifier: Apache-2.0

import Foundation
import Handlers
import Subscriptions
import Testing

/// The bytes of a payload under `Fixtures`.
func fixture(_ path: String) throws -> [UInt8] {
    let url = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(path).json")
    return Array(try Data(contentsOf: url))
}

/// A secret for the tests.
func secret(_ value: String = "s3cr3t") throws -> Secret { try #require(Secret(Array(value.utf8))) }

extension Verdict {
    /// For tests that are about something else than the sender's name for the event.
    var withoutIdentity: Verdict {
        guard case .refresh(let event) = self else { return self }
        return .refresh(Event(name: event.name, pushes: event.pushes))
    }
}
