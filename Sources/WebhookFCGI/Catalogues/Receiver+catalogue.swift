// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Config
import Handlers

extension Receiver {
    /// What keeps this receiver's catalogue in step; nil for one that refreshes Warehouses.
    ///
    /// It connects to nothing yet.
    func makeCatalogue(
        _ ledger: any EntityLedger,
        report: @escaping @Sendable (CatalogueObject, MappingProblem) -> Void
    ) -> Catalogue? {
        guard let catalogue else { return nil }
        let harbor = catalogue.harbor
        return Catalogue(
            harbor: HarborClient(
                url: harbor.url,
                account: HarborAccount(username: harbor.username, password: harbor.password),
                maxConcurrent: harbor.maxConcurrent,
                caFile: harbor.caFile
            ),
            mapping: catalogue.mapping,
            sink: catalogue.sink.make(),
            ledger: ledger,
            report: report
        )
    }
}

extension CatalogueConfiguration.Sink {
    fileprivate func make() -> any EntitySink {
        switch self {
        case .port(let url, let clientID, let clientSecret):
            PortSink(
                url: url,
                credentials: PortCredentials(clientID: clientID, clientSecret: clientSecret)
            )
        case .folder(let directory): EntityFolder(directory: directory)
        }
    }
}
