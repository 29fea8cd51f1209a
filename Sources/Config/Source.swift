// SPDX-License-Identifier: Apache-2.0

/// Where manifests come from.
package protocol Source: Sendable {
    /// Reads everything anew.
    ///
    /// - Throws: Nothing could be read at all. A running service keeps the state it has.
    func load() async throws(SourceError) -> LoadResult
}
