// SPDX-License-Identifier: Apache-2.0

/// A part of a list.
package struct HarborPage: Sendable {
    package let objects: [HarborObject]

    /// Of the whole list; nil where Harbor does not say.
    package let total: Int?

    package let hasNext: Bool
}
