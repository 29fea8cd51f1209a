// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension IntegrationTests {
    /// When the sink does not take refreshes the outbox keeps them: senders are not bothered, the operator knows
    /// why, and the refreshes arrive by themselves once they can.
    @Suite struct SinkTroubleTests {
        /// Senders do not wait here for what is not going to happen.
        private static func setup(sink: String = "refresh") -> Setup {
            Setup(sink: sink, confirmTimeout: "50ms")
        }

        private func expectAccepted(_ reply: HTTPReply) {
            expect(reply, 202, #"{"msg":"accepted refresh of 1 warehouse(s)"}"#)
        }

        private func expectRefreshed(_ site: Site) throws {
            try eventually("the refresh arrives by itself") {
                try site.token(of: "kargo-demo/guestbook") != nil
            }
        }

        private func expectLogged(_ words: String..., in site: Site) throws {
            try eventually("the log says \(words)") {
                site.log.split(separator: "\n").contains { line in words.allSatisfy { line.contains($0) } }
            }
        }

        @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
        func `Refreshes that find a full disk arrive when there is space again`() throws {
            let disk = try SmallDisk()
            try Site.with(Self.setup(sink: "\(disk.path)/refresh")) { site in
                try disk.fill()
                expectAccepted(try site.deliver())
                try expectLogged("ENOSPC", "\(disk.path)/refresh/kargo-demo", in: site)
                #expect(site.refreshed == [])
                try disk.makeSpace()
                try expectRefreshed(site)
                #expect(site.refreshed == ["kargo-demo/warehouses/guestbook.yaml"])
            }
        }

        @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
        func `Refreshes that find a read-only disk arrive when it can be written`() throws {
            let disk = try SmallDisk()
            try Site.with(Self.setup(sink: "\(disk.path)/refresh")) { site in
                try disk.setReadOnly(true)
                expectAccepted(try site.deliver())
                try expectLogged("EROFS", "\(disk.path)/refresh", in: site)
                try disk.setReadOnly(false)
                try expectRefreshed(site)
            }
        }

        @Test func `Refreshes wait while a file is in the way of the sink`() throws {
            try Site.with(Self.setup()) { site in
                try site.folder.write("in the way", to: "refresh/kargo-demo")
                expectAccepted(try site.deliver())
                try expectLogged("ENOTDIR", "\(site.folder.path)/refresh/kargo-demo", in: site)
                try FileManager.default.removeItem(atPath: "\(site.folder.path)/refresh/kargo-demo")
                try expectRefreshed(site)
            }
        }

        @Test func `One Warehouse that cannot be refreshed does not hold up another`() throws {
            try Site.with(Self.setup()) { site in
                try site.folder.write("in the way", to: "refresh/neighbour")
                expect(try site.deliver(to: "cluster-receiver"), 202)
                try expectRefreshed(site)
            }
        }

        @Test func `Refreshes wait while another process holds the sink`() throws {
            try Site.with(Self.setup()) { site in
                let lock = try SinkLock(site.observer)
                expectAccepted(try site.deliver())
                try expectLogged("\(site.folder.path)/refresh/.lock", in: site)
                lock.unlock()
                try expectRefreshed(site)
            }
        }
    }
}
