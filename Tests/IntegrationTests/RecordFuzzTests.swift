// SPDX-License-Identifier: Apache-2.0

import Foundation
import POSIX
import TestSupport
import Testing

extension IntegrationTests {
    /// Thousands of conversations that are not FastCGI, with the real program.
    ///
    /// `FUZZ_SEED` says which ones, `FUZZ_SECONDS` for how long; `make fuzz` sets both.
    @Suite struct RecordFuzzTests {
        private let seed = UInt64(truncatingIfNeeded: number("FUZZ_SEED") ?? 1)
        private let seconds = number("FUZZ_SECONDS")

        /// Conversations between two looks at how the program is.
        private static let batch = 100

        @Test func `Broken records do no harm`() throws {
            raiseFileLimit()
            try Site.with(Setup(confirmTimeout: "100ms")) { site in
                let pid = try #require(site.responder.pids.first)
                let kept = try site.responder.connect()
                try deliver(site, on: kept)
                let (sockets, before) = (openSockets(of: pid), memory(of: pid))
                let end = ContinuousClock.now + .seconds(seconds ?? 60)
                let examples = try Self.examples(site)
                var attentive: [FastCGIConnection] = []
                var count = 0
                while count < (seconds == nil ? 2000 : Int.max), .now < end {
                    let numbers = count..<count + Self.batch
                    count = numbers.upperBound
                    do {
                        attentive += try converse(numbers, examples, site)
                        try #require(isRunning(pid))
                        try deliver(site, on: kept)
                        try deliver(site, on: try site.responder.connect())
                        // A head without end keeps its sender waiting for a second, so many wait at once.
                        if attentive.count > 500 { try Self.readToTheEnd(&attentive) }
                    } catch {
                        throw Failure("conversations up to \(numbers.upperBound) of seed \(seed): \(error)")
                    }
                }
                let summary = "\(count) conversations of seed \(seed)"
                try Self.readToTheEnd(&attentive)
                try eventually("no connection is left after \(summary)") { openSockets(of: pid) <= sockets }
                let more = memory(of: pid) - before
                #expect(more < 32 << 10, "KiB after \(summary)")
                if seconds != nil { print("\(summary), \(more) KiB more") }
            }
        }

        /// Who is silent, or gone, is let go of; the others have yet to read what they are answered.
        private func converse(
            _ numbers: Range<Int>,
            _ examples: [FastCGIRequest],
            _ site: Site
        ) throws -> [FastCGIConnection] {
            try numbers.compactMap { number in
                let records = BrokenRecords(seed: seed << 32 + UInt64(number), examples: examples)
                let connection = try site.responder.connect()
                // A responder that has heard enough closes before everything is sent.
                try? connection.send(records.bytes)
                switch records.ending {
                case .gone: return nil
                case .silent:
                    // Longer than the loop waits for one.
                    try deliver(site, on: try site.responder.connect())
                    return nil
                case .attentive:
                    connection.finishSending()
                    return connection
                }
            }
        }

        /// Whatever is answered is refused, for nobody had the secret.
        private static func readToTheEnd(_ connections: inout [FastCGIConnection]) throws {
            for connection in connections {
                while let reply = try reply(on: connection) {
                    try #require(reply.status >= 400, "\(reply.body)")
                }
            }
            connections = []
        }

        /// The next reply; nil at the end of the connection, be it with what was not read.
        private static func reply(on connection: FastCGIConnection) throws -> FastCGIReply? {
            do { return try connection.receive() } catch is SystemError { return nil }
        }

        private func deliver(_ site: Site, on connection: FastCGIConnection) throws {
            let reply = try connection.exchange(try site.fastCGIRequest(keepsConnection: true))
            try #require([200, 202].contains(reply?.status), "\(String(describing: reply))")
        }

        /// Always the same, so that a seed means the same.
        private static let body = Array(#"{"type":"PUSH_ARTIFACT","event_data":{"resources":[]}}"#.utf8)

        /// More than is looked at in one piece.
        private static let large = body + [UInt8](repeating: 0x20, count: 100_000)

        /// Requests of somebody who has no secret.
        private static func examples(_ site: Site) throws -> [FastCGIRequest] {
            try [false, true].flatMap { keepsConnection in
                try [[], Self.body, Self.body, Self.large].map { body in
                    var request = try site.fastCGIRequest(body, keepsConnection: keepsConnection)
                    request.parameters["HTTP_AUTHORIZATION"] = "x"
                    return request
                }
            }
        }
    }
}

private func number(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) } }

private func openSockets(of pid: pid_t) -> Int { openFiles(of: pid).count { $0.hasPrefix("socket:") } }

/// What a process has in memory, in KiB.
private func memory(of pid: pid_t) -> Int {
    let status = FileManager.default.contents(atPath: "/proc/\(pid)/status") ?? Data()
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
}
