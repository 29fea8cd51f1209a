// SPDX-License-Identifier: Apache-2.0

import FastCGI
import Testing

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("unix:/run/x.sock", ListenAddress.unix(path: "/run/x.sock")),
        ("unix:x.sock", .unix(path: "x.sock")),
        ("127.0.0.1:9000", .tcp(host: "127.0.0.1", port: 9000)),
        ("[::1]:9000", .tcp(host: "::1", port: 9000)),
        ("localhost:0", .tcp(host: "localhost", port: 0)),
    ])
    func `An address is a Unix path or a host and a port`(_ text: String, _ address: ListenAddress) throws {
        #expect(try ListenAddress(text) == address)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", "unix:", "9000", ":9000", "host:", "host:65536", "host:-1",
        "unix:" + String(repeating: "x", count: 108),
    ])
    func `Anything else says what to give`(_ text: String) {
        #expect(throws: FastCGIError.self) { try ListenAddress(text) }
    }

    @Test func `A socket that answers is not taken over, one that a killed process left is`() throws {
        let path = "/tmp/webhook-fcgi-\(UInt64.random(in: 0...UInt64.max)).sock"
        do {
            let socket = try ListeningSocket.bound(to: .unix(path: path))
            #expect(!socket.isReachableFromOutside)
            #expect { try ListeningSocket.bound(to: .unix(path: path)) } throws: {
                ($0 as? FastCGIError)?.code == .addressInUse
            }
        }
        // Given up: the file is gone, and the place is free.
        _ = try ListeningSocket.bound(to: .unix(path: path))
    }

    @Test func `A TCP address that others reach is noticed`() throws {
        #expect(try !ListeningSocket.bound(to: .tcp(host: "127.0.0.1", port: 0)).isReachableFromOutside)
    }
}
