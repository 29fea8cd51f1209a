// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import FastCGI

@Suite(.threadsOfTheirOwn) struct StopTests {
    /// Holds every request open.
    private struct Holder: FastCGI.Responder {
        let count: NIOLockedValueBox<Int>
        var bodyLimit: Int { 1024 }

        func respond(to requests: [Request]) -> [Response] {
            count.withLockedValue { $0 += requests.count }
            return requests.map { _ in
                .later(timeout: .seconds(3600), fallback: { fatalError("nobody waits for an hour") }) { _ in }
            }
        }
    }

    @Test func `A request that has no end does not keep a process from ending, which says so`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/socket"
        let count = NIOLockedValueBox(0)
        let reports = NIOLockedValueBox<[String]>([])
        let threads = try ResponderThreads(
            count: 1,
            listening: .bound(to: .unix(path: path)),
            responder: Holder(count: count)
        ) { report in reports.withLockedValue { $0.append(report) } }
        let connection = try FastCGIConnection(path: path)
        try connection.send(FastCGIRequest(parameters: ["SCRIPT_NAME": "/"]).encoded)
        try eventually("the request is held") { count.withLockedValue { $0 } == 1 }
        threads.stop()
        #expect(
            reports.withLockedValue { $0 } == [
                "1 request(s) still in flight after 10.0 seconds are cut off"
            ]
        )
    }
}
