// SPDX-License-Identifier: Apache-2.0

package import Handlers

extension Catalogue {
    /// What would be done for an object.
    package struct Preview: Sendable {
        /// Whether Harbor has it; nil where nobody was asked, or nobody answered.
        package var isThere: Bool?
        package var upserts: [Entity] = []
        package var deletes: [Entity.Key] = []

        /// What expressions could not make of it.
        package var problems: [MappingProblem] = []

        /// Why more is not known.
        package var failure: CatalogueFailure?
    }

    /// Finds out what ``update(_:)`` would do, and does nothing.
    ///
    /// Where `asksHarbor` is false, or Harbor does not answer, it is what a delete would do.
    package func preview(_ object: CatalogueObject, asksHarbor: Bool) async -> Preview {
        var preview = Preview()
        var json: [UInt8]?
        if asksHarbor {
            do throws(HarborError) {
                json = try await harbor.object(object)
                preview.isThere = json != nil
            } catch {
                preview.failure = CatalogueFailure(error)
            }
        }
        do throws(CatalogueFailure) {
            let mapped = try await mapped(object, json)
            if json != nil { preview.problems = mapped.problems }
            preview.upserts = mapped.entities
            var changes = Changes()
            changes.add(mapped, of: object, isGone: json == nil)
            preview.deletes = try await doomed(by: changes).map(\.key)
        } catch {
            preview.failure = error
        }
        return preview
    }
}
