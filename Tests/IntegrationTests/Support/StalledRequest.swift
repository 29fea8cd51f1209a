// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// How far a request comes before its sender falls silent.
enum StalledRequest: String, CaseIterable {
    case nothing
    case halfAHeader
    case beginning
    case halfOfTheParameters
    case parameters
    case halfOfTheBody
    case allButTheEndOfTheBody

    func bytes(of request: FastCGIRequest) -> [UInt8] {
        switch self {
        case .nothing: []
        case .halfAHeader: Array(request.encoded.prefix(4))
        case .beginning: Array(request.encoded.prefix(16))
        case .halfOfTheParameters: Array(request.beginning.dropLast(50))
        case .parameters: request.beginning
        case .halfOfTheBody: request.beginning + request.input.dropLast(request.input.count / 2)
        case .allButTheEndOfTheBody: Array(request.encoded.dropLast(8))
        }
    }
}
