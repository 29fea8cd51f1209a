// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// A record about the program instead of a request (FastCGI 1.0 §4): no web server sends one.
enum ManagementRecord: String, CaseIterable {
    case fewQuestions
    case manyQuestions
    case longQuestion
    case unknown

    var bytes: [UInt8] {
        let question: [UInt8] = [14, 0] + Array("FCGI_MAX_CONNS".utf8)
        var record =
            switch self {
            case .fewQuestions: FastCGIRequest.record(9, Array(repeating: question, count: 15).joined())
            case .manyQuestions: FastCGIRequest.record(9, Array(repeating: question, count: 4000).joined())
            case .longQuestion:
                FastCGIRequest.record(9, [0xBF, 0xFF, 0xFF, 0xFF, 0xBF, 0xFF, 0xFF, 0xFF, 65])
            case .unknown: FastCGIRequest.record(11, [])
            }
        record[3] = 0
        return record
    }
}
