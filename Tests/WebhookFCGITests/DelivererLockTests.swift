// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import WebhookFCGI

@Suite struct DelivererLockTests {
    @Test func `One holds it at a time, and another one when it lets go`() throws {
        let folder = try TemporaryFolder()
        let lock = try #require(try DelivererLock(in: folder.path))
        for _ in 0..<3 {
            let other = try DelivererLock(in: folder.path)
            #expect(other == nil)
        }
        lock.release()
        let other = try DelivererLock(in: folder.path)
        #expect(other != nil)
    }
}
