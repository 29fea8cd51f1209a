// SPDX-License-Identifier: Apache-2.0

/// Why a ``Resync`` does not go on.
enum ResyncStop: Error {
    case interrupted
    case failed(String)

    /// Harbor lets nobody see this, which is no reason to give up the rest.
    case forbidden(String)

    /// Harbor does not say this, though it says other things: so no reason either.
    case broken(String)

    init(_ error: HarborError) {
        switch error.code {
        case .cancelled: self = .interrupted
        case .forbidden: self = .forbidden(error.description)
        default: self = .failed(error.description)
        }
    }

    init(_ failure: CatalogueFailure) { self = .failed(failure.description) }
}
