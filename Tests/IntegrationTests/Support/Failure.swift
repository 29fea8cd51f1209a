// SPDX-License-Identifier: Apache-2.0

/// Something a test cannot go on after, in words.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
