// SPDX-License-Identifier: Apache-2.0

/// Where entities go.
///
/// It knows nothing of Harbor, takes any number at once, and tries once: the outbox knows when to try again.
package protocol EntitySink: Sendable {
    /// Makes entities what they are given as, durably.
    ///
    /// - Returns: what did not work, by index.
    func upsert(_ entities: [Entity]) async -> [Int: CatalogueFailure]

    /// Makes sure that there are no such entities, and on request none that depend on them; that there were none is no
    /// failure.
    ///
    /// - Returns: what did not work, by index.
    func delete(_ keys: [Entity.Key], withDependents: Bool) async -> [Int: CatalogueFailure]
}
