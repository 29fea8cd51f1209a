// SPDX-License-Identifier: Apache-2.0

import Foundation
import Handlers
import Testing

/// The bytes of a payload under `Fixtures`.
func fixture(_ path: String) throws -> [UInt8] {
    let url = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(path).json")
    return Array(try Data(contentsOf: url))
}

/// A secret for the tests.
func secret(_ value: String = "s3cr3t") throws -> Secret { try #require(Secret(Array(value.utf8))) }
