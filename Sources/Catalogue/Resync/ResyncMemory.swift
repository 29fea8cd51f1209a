// SPDX-License-Identifier: Apache-2.0

package import Handlers
package import POSIX

/// What a ``Resync`` keeps, and what it has to know of what went on beside it.
///
/// It may wait for a disk, or for another process, on no thread that tasks have.
package protocol ResyncMemory: Sendable {
    /// How far one that has not come to its end is, and when that began.
    func position() async throws(CatalogueFailure) -> (text: String, started: Timestamp)?

    /// Keeps how far it is.
    func keep(_ position: String, started: Timestamp) async throws(CatalogueFailure)

    /// It is at its end.
    func forgetPosition() async throws(CatalogueFailure)

    /// The next entities, in their order, that nobody has sent since `time`.
    func entities(
        notSentSince time: Timestamp,
        after entity: RememberedEntity?,
        limit: Int
    ) async throws(CatalogueFailure) -> [RememberedEntity]

    /// Which objects the catalogue has entities of, as far as is known.
    func objects(
        withEntitiesAmong objects: [CatalogueObject]
    ) async throws(CatalogueFailure) -> Set<CatalogueObject>

    /// Of which objects there were events since `time`, or are some that wait, or were looked at since.
    func objects(
        withEventsSince time: Timestamp,
        among objects: [CatalogueObject]
    ) async throws(CatalogueFailure) -> [CatalogueObject]

    /// Objects of which the catalogue has shown something since `time`, in an entity that was sent for another one since the
    /// last question.
    func rivals(since time: Timestamp) async throws(CatalogueFailure) -> [CatalogueObject]
}

/// An entity that was sent, and the identifier of the object that it was made of.
package struct RememberedEntity: Sendable, Hashable {
    package let object: String
    package let blueprint: String
    package let identifier: String

    package init(object: String, blueprint: String, identifier: String) {
        (self.object, self.blueprint, self.identifier) = (object, blueprint, identifier)
    }
}
