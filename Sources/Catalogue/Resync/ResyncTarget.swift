// SPDX-License-Identifier: Apache-2.0

package import Handlers

/// The catalogue that a ``Resync`` brings in step.
package protocol ResyncTarget: Sendable {
    /// Brings it in step with objects as they were just read.
    ///
    /// - Returns: those with which that did not work.
    func put(_ objects: [HarborObject]) async -> [CatalogueObject: CatalogueFailure]

    /// Looks at each object in Harbor, and brings it in step with what is found there, or not found.
    ///
    /// - Returns: those with which that did not work.
    func update(_ objects: [CatalogueObject]) async -> [CatalogueObject: CatalogueFailure]
}
