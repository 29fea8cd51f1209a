// SPDX-License-Identifier: Apache-2.0

/// Why a delivery is refused.
///
/// The texts are Kargo's, because senders' logs and people's notes quote them.
package enum Rejection: Error, Sendable, Equatable {
    /// The header that authenticates is absent or empty.
    case missingAuthorization

    /// It is there, and wrong or ambiguous.
    case unauthorized

    /// Not the JSON that this provider sends; `hint` says what it looks like instead.
    case invalidBody(hint: String? = nil)

    /// JSON, but from none of the services this receiver understands.
    case unsupportedService

    /// The HTTP status of the reply.
    package var status: Int {
        switch self {
        case .missingAuthorization, .unauthorized: 401
        case .invalidBody, .unsupportedService: 400
        }
    }

    /// The `error` of the reply, safe to show to anyone.
    package var message: String {
        switch self {
        case .missingAuthorization: "missing authorization"
        case .unauthorized: "unauthorized"
        case .invalidBody(nil): "invalid request body"
        case .invalidBody(let hint?): "invalid request body: \(hint)"
        case .unsupportedService: "request does not appear to have originated from a supported service"
        }
    }
}
