// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import FastCGI

/// Event loops with peers that do not do what nginx does.
@Suite(.threadsOfTheirOwn) struct LoopTests {
    /// Replies with as many bytes as the path says.
    private struct Sizes: FastCGI.Responder {
        var bodyLimit: Int { 1024 }

        func respond(to requests: [Request]) -> [Response] {
            requests.map { request in
                let size = Int(request.parameters["SCRIPT_NAME"] ?? "") ?? 0
                return .now(Reply(status: 200, headers: [], body: [UInt8](repeating: 65, count: size)))
            }
        }
    }

    /// Counts the turns that it takes part in.
    private final class Turns: FastCGI.Responder {
        let count = NIOLockedValueBox(0)
        var bodyLimit: Int { 1024 }

        func respond(to requests: [Request]) -> [Response] {
            count.withLockedValue { $0 += 1 }
            return requests.map { _ in .now(Reply(status: 200, headers: [], body: [])) }
        }
    }

    private func withLoop(_ body: (_ path: String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/socket"
        let reports = NIOLockedValueBox<[String]>([])
        let threads = try ResponderThreads(
            count: 1,
            listening: .bound(to: .unix(path: path)),
            responder: Sizes()
        ) { report in reports.withLockedValue { $0.append(report) } }
        defer { threads.stop() }
        try body(path)
        #expect(reports.withLockedValue { $0 } == [])
    }

    private func request(_ size: Int, keeps: Bool = true) -> FastCGIRequest {
        var request = FastCGIRequest(parameters: ["SCRIPT_NAME": "\(size)"])
        request.keepsConnection = keeps
        return request
    }

    @Test func `A reply that does not fit the socket is sent as there is room, and others meanwhile`() throws
    {
        try withLoop { path in
            let slow = try FastCGIConnection(path: path)
            // More than a socket holds.
            try slow.send(request(4 << 20).encoded)
            for _ in 0..<10 {
                #expect(try FastCGIConnection(path: path).exchange(request(1))?.body == "A")
            }
            #expect(try slow.receive()?.body.utf8.count == 4 << 20)
            #expect(try slow.exchange(request(2))?.body == "AA")
        }
    }

    @Test func `Whoever does not read a reply is cut off, and others are answered meanwhile`() throws {
        try withLoop { path in
            let deaf = try FastCGIConnection(path: path)
            try deaf.send(request(4 << 20).encoded)
            #expect(try FastCGIConnection(path: path).exchange(request(1))?.body == "A")
            try eventually("it is cut off") { (try? deaf.send([0])) == nil }
        }
    }

    @Test func `Requests that come at once are answered one after the other`() throws {
        try withLoop { path in
            let connection = try FastCGIConnection(path: path)
            try connection.send((1...50).flatMap { request($0).encoded })
            for size in 1...50 { #expect(try connection.receive()?.body.utf8.count == size) }
        }
    }

    @Test func `A socket that somebody else makes block does not hold up the loop`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/socket"
        let listening = try ListeningSocket.bound(to: .unix(path: path))
        let shared = dup(listening.descriptor)
        defer { close(shared) }
        let threads = try ResponderThreads(count: 1, listening: listening, responder: Sizes()) { _ in }
        defer {
            // A loop that waits in accept(2) would never stop: one more connection ends that.
            _ = fcntl(shared, F_SETFL, O_NONBLOCK)
            _ = try? FastCGIConnection(path: path)
            threads.stop()
        }
        for _ in 0..<3 {
            #expect(fcntl(shared, F_SETFL, 0) == 0)
            #expect(try FastCGIConnection(path: path).exchange(request(1))?.body == "A")
        }
    }

    @Test func `A burst of connections is taken in a few turns`() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/socket"
        let listening = try ListeningSocket.bound(to: .unix(path: path))
        let burst = try (0..<256).map { _ in
            let connection = try FastCGIConnection(path: path)
            try connection.send(request(1).encoded)
            return connection
        }
        let turns = Turns()
        let threads = try ResponderThreads(count: 1, listening: listening, responder: turns) { _ in }
        defer { threads.stop() }
        for connection in burst { #expect(try connection.receive()?.status == 200) }
        // 8, 16, 32, 64 and 128 at a time, and the rest.
        #expect((2...7).contains(turns.count.withLockedValue { $0 }))
    }

    @Test func `What comes after the last request is not read`() throws {
        try withLoop { path in
            let connection = try FastCGIConnection(path: path)
            try connection.send(request(1, keeps: false).encoded + request(2).encoded)
            #expect(try connection.receive()?.body == "A")
            #expect((try? connection.receive()) == nil)
        }
    }
}
