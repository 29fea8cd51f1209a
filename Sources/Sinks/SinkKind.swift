// SPDX-License-Identifier: Apache-2.0

/// The sinks that there are.
package enum SinkKind: Int, Sendable, CaseIterable {
    case file
    case kubernetes
    /// Those of catalogues, whatever they write to.
    case catalogue
}
