// SPDX-License-Identifier: Apache-2.0

/// Something a test cannot go on after, in words.
package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
