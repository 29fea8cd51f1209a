// SPDX-License-Identifier: Apache-2.0

import Testing

/// A constraint, and versions on either side of it.
struct ConstraintCase: Sendable, CustomTestStringConvertible {
    let constraint: String
    let accepted: [String]
    let refused: [String]

    init(_ constraint: String, accepts accepted: [String] = [], refuses refused: [String] = []) {
        (self.constraint, self.accepted, self.refused) = (constraint, accepted, refused)
    }

    var testDescription: String { constraint.debugDescription }
}
