// SPDX-License-Identifier: Apache-2.0

package import Handlers

/// The catalogue that a ``Resync`` brings in step.
package protocol ResyncTarget: Sendable {
    /// Brings it in step with objects as they were just read.
    ///
    /// - Returns: those with which that did not work.
    func put(_ objects: [HarborObject]) async -> [CatalogueObject: CatalogueFailure]

    /// Has each object looked at in Harbor from here on, and brought in step with what is found there, or not found.
    ///
    /// By the way that objects take of which there are events, one after the other: of two that do so at the same time one
    /// could delete what the other has just sent, or send what was read before.
    func request(_ objects: [CatalogueObject]) async throws(CatalogueFailure)

    /// The same, waiting for its end.
    ///
    /// - Returns: those with which that did not work.
    func update(_ objects: [CatalogueObject]) async -> [CatalogueObject: CatalogueFailure]
}
