// SPDX-License-Identifier: Apache-2.0

package import Handlers

extension Catalogue: ResyncTarget {
    package func put(_ objects: [HarborObject]) async -> [CatalogueObject: CatalogueFailure] {
        await put(objects.map { ($0.object, $0.json) })
    }

    /// A walk over all that its Harbor has, or over one project of it.
    package func resync(
        _ memory: any ResyncMemory,
        project: String? = nil,
        report: @escaping @Sendable (ResyncProgress) -> Void
    ) -> Resync {
        Resync(from: harbor, to: self, memory, project: project, report: report)
    }
}
