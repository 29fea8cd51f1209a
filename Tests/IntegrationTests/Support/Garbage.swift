// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// Bytes that are not FastCGI, or are and should not be.
enum Garbage: String, CaseIterable {
    case http
    case zeros
    case ones
    case random
    case anotherVersion
    case parametersBeforeTheBeginning
    case anotherRole
    case managementRecord
    case unknownRecord
    case parameterLongerThanItsRecord
    case aborted

    var bytes: [UInt8] {
        let beginning = FastCGIRequest(parameters: ["REQUEST_METHOD": "POST", "SCRIPT_NAME": "/"]).beginning
        switch self {
        case .http: return HTTPRequest(path: "/").encoded
        case .zeros: return [UInt8](repeating: 0, count: 4096)
        case .ones: return [UInt8](repeating: 0xFF, count: 70_000)
        case .random: return (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 7) }
        case .anotherVersion: return [2] + beginning.dropFirst()
        case .parametersBeforeTheBeginning: return Array(beginning.dropFirst(16))
        case .anotherRole: return FastCGIRequest.record(1, [0, 3, 0, 0, 0, 0, 0, 0])
        case .managementRecord: return [1, 9, 0, 0, 0, 0, 0, 0]
        case .unknownRecord: return FastCGIRequest.record(99, [1, 2, 3])
        case .parameterLongerThanItsRecord:
            let pair: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 65]
            return beginning.prefix(16) + FastCGIRequest.record(4, pair) + FastCGIRequest.record(4, [])
        case .aborted: return beginning + FastCGIRequest.record(2, [])
        }
    }
}
