// SPDX-License-Identifier: Apache-2.0

package import Handlers

extension Catalogue {
    /// Makes the catalogue show objects as they were just read.
    ///
    /// - Returns: what did not work.
    package func put(_ objects: [HarborObject]) async -> [CatalogueObject: CatalogueFailure] {
        await put(objects.map { ($0.object, $0.json) })
    }

    /// A walk over all that its Harbor has, or over one project of it; `target` is this catalogue, by the way that events
    /// take.
    package func resync(
        _ target: any ResyncTarget,
        _ memory: any ResyncMemory,
        project: String? = nil,
        configuration: String,
        report: @escaping @Sendable (ResyncProgress) -> Void
    ) -> Resync {
        Resync(
            from: harbor,
            to: target,
            memory,
            project: project,
            configuration: configuration,
            report: report
        )
    }
}
