// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import TestSupport
import Testing

extension IntegrationTests {
    /// What nginx never sends, straight to the socket.
    @Suite struct FastCGITests {
        @Test(arguments: ["10000", "1", "0", "-1", "abc", "1e3", "0x10", "99999999999999999999", " 7", "7 "])
        func `A body of another length than announced is refused`(_ contentLength: String) throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                let request = try site.fastCGIRequest(contentLength: contentLength)
                let reply = try #require(try connection.exchange(request))
                expect(reply.reply, 400)
                #expect(reply.body.hasPrefix(#"{"error":"invalid request body"#))
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test(arguments: [false, true])
        func `After a body of another length the next request is understood`(_ isLonger: Bool) throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                let wrong = isLonger ? "10" : "10000"
                let first = try site.fastCGIRequest(contentLength: wrong, keepsConnection: true)
                #expect(try connection.exchange(first)?.status == 400)
                #expect(try connection.exchange(try site.fastCGIRequest())?.status == 200)
            }
        }

        @Test func `An announced length over the limit is too large, whatever comes`() throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                let reply = try connection.exchange(try site.fastCGIRequest(contentLength: "2097153"))
                expect(try #require(reply).reply, 413, #"{"error":"content exceeds limit of 2097152 bytes"}"#)
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test(arguments: [nil, ""])
        func `Without a length what came is the body`(_ contentLength: String?) throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                var request = try site.fastCGIRequest()
                request.parameters["CONTENT_LENGTH"] = contentLength
                #expect(try connection.exchange(request)?.body == #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test func `Without a length and without a body there is nothing to read`() throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                var request = try site.fastCGIRequest([])
                request.parameters["CONTENT_LENGTH"] = nil
                #expect(try connection.exchange(request)?.body == #"{"error":"invalid request body"}"#)
            }
        }

        @Test func `Without any parameter nothing is found`() throws {
            try Site.with { site in
                let reply = try site.responder.connect().exchange(FastCGIRequest(parameters: [:]))
                expect(try #require(reply).reply, 404, #"{"error":"not found"}"#)
            }
        }

        @Test func `A connection that is not to be kept ends after its reply`() throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                #expect(try connection.exchange(try site.fastCGIRequest())?.status == 200)
                #expect(try connection.isClosed())
            }
        }

        @Test func `A connection that is to be kept answers one request after the other`() throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                for _ in 0..<20 {
                    let reply = try connection.exchange(try site.fastCGIRequest(keepsConnection: true))
                    #expect(reply?.body == #"{"msg":"refreshed 1 warehouse(s)"}"#)
                }
            }
        }

        @Test func `A kept connection ends after the request that says so`() throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                #expect(
                    try connection.exchange(try site.fastCGIRequest(keepsConnection: true))?.status == 200
                )
                #expect(try connection.exchange(try site.fastCGIRequest())?.status == 200)
                #expect(try connection.isClosed())
            }
        }

        @Test func `A request that comes byte by byte is a request`() throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                for byte in try site.fastCGIRequest().encoded { try connection.send([byte]) }
                #expect(try connection.receive()?.body == #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test(arguments: StalledRequest.allCases)
        func `Whoever stops half-way does not keep others from being answered`(
            _ stalled: StalledRequest
        ) throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                try connection.send(stalled.bytes(of: try site.fastCGIRequest()))
                // The connection is there until the end: who had to wait for it would wait for ever.
                let reply = try site.deliver()
                #expect([200, 202].contains(reply.status))
                withExtendedLifetime(connection) {}
            }
        }

        /// All of its bytes would come within minutes.
        @Test(arguments: [0, 16, 100, 400])
        func `Whoever drips is cut off, and others are answered meanwhile`(_ start: Int) throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                let bytes = try site.fastCGIRequest().encoded
                try connection.send(Array(bytes[..<start]))
                let count = Atomic(0)
                let dripping = Worker {
                    for byte in bytes[start...] {
                        // Once it is cut off, there is nobody to send to.
                        guard (try? connection.send([byte])) != nil else { return }
                        count.add(1, ordering: .relaxed)
                        usleep(100_000)
                    }
                }
                try eventually("it drips") { count.load(ordering: .relaxed) > 0 }
                let reply = try site.deliver()
                #expect([200, 202].contains(reply.status))
                try dripping.join()
                // Ten in a second; on a busy machine they are fewer, or it is noticed a moment later.
                #expect(count.load(ordering: .relaxed) < 30)
            }
        }

        @Test(arguments: [2, 3, 4] as [UInt8])
        func `Whoever wants something else than a response is cut off`(_ role: UInt8) throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                var request = try site.fastCGIRequest().encoded
                request[9] = role
                try connection.send(request)
                #expect((try? connection.receive()) == nil)
                #expect(site.refreshed.isEmpty)
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        /// The sum of two lengths that libfcgi 2.4 cannot count, and that it takes memory for.
        @Test(
            arguments: [
                [0xBF, 0xFF, 0xFF, 0xFF, 0xBF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFE, 0x80, 0, 0, 0],
                [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            ] as [[UInt8]]
        )
        func `A parameter of gigabytes does not end the process`(_ lengths: [UInt8]) throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                let beginning = FastCGIRequest(parameters: [:]).beginning.prefix(16)
                let parameter = FastCGIRequest.record(4, lengths + [65]) + FastCGIRequest.record(4, [])
                try connection.send(beginning + parameter)
                #expect((try? connection.receive()) == nil)
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        /// libfcgi 2.4 answers those from a buffer that is too small for many values.
        @Test func `A question about the program's limits does not end it`() throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                let value: [UInt8] = [14, 0] + Array("FCGI_MAX_CONNS".utf8)
                var question = FastCGIRequest.record(9, Array(repeating: value, count: 40).joined())
                question[3] = 0
                try connection.send(question + (try site.fastCGIRequest().encoded))
                #expect((try? connection.receive()) == nil)
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        /// libfcgi 2.4 answers some of them from that buffer too, takes gigabytes for others, and loses memory for the rest.
        @Test(arguments: ManagementRecord.allCases)
        func `A question in the place of the body does not end the program`(_ record: ManagementRecord) throws
        {
            try Site.with { site in
                let connection = try site.responder.connect()
                let request = try site.fastCGIRequest()
                try connection.send(request.beginning + record.bytes + request.input)
                #expect(try connection.receive()?.status == 400)
                #expect(site.refreshed.isEmpty)
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        /// Padding means nothing (FastCGI 1.0 §3.3), but libfcgi 2.4 reads that of two records as records.
        @Test(arguments: ManagementRecord.allCases)
        func `A question in the padding is not read`(_ record: ManagementRecord) throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                let padding = Array(record.bytes.prefix(255))
                var request = try site.fastCGIRequest(keepsConnection: true).encoded
                request[6] = UInt8(padding.count)
                request.insert(contentsOf: padding, at: 16)
                try connection.send(request)
                #expect(try connection.receive()?.body == #"{"msg":"refreshed 1 warehouse(s)"}"#)
                #expect(try connection.exchange(try site.fastCGIRequest())?.status == 200)
            }
        }

        @Test func `Two requests that come at once are two requests`() throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                let requests = try (0..<2).map { _ in try site.fastCGIRequest(keepsConnection: true).encoded }
                try connection.send(Array(requests.joined()))
                for _ in requests {
                    #expect(try connection.receive()?.body == #"{"msg":"refreshed 1 warehouse(s)"}"#)
                }
            }
        }

        /// Where only the end of the body is missing, all of it came, as its length says.
        @Test(arguments: StalledRequest.allCases.filter { $0 != .allButTheEndOfTheBody })
        func `A request of which the rest never comes refreshes nothing`(_ stalled: StalledRequest) throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                try connection.send(stalled.bytes(of: try site.fastCGIRequest()))
                connection.finishSending()
                // What is not read resets the connection.
                let reply = try? connection.receive()
                #expect(reply.map { $0.status >= 400 } ?? true)
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test func `A body without a length of which the end never comes refreshes nothing`() throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                var request = try site.fastCGIRequest()
                request.parameters["CONTENT_LENGTH"] = nil
                try connection.send(StalledRequest.allButTheEndOfTheBody.bytes(of: request))
                connection.finishSending()
                let reply = try connection.receive()
                #expect(reply.map { $0.status >= 400 } ?? true)
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test(arguments: Garbage.allCases)
        func `Garbage is neither answered as a delivery nor does it harm others`(_ garbage: Garbage) throws {
            try Site.with { site in
                let connection = try site.responder.connect()
                // A responder that has heard enough may close before everything is sent.
                try? connection.send(garbage.bytes)
                connection.finishSending()
                let reply = try? connection.receive()
                #expect(reply.map { $0.status >= 400 } ?? true)
                #expect(site.refreshed.isEmpty)
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }
    }
}
