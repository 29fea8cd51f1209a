// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import FastCGI

@Suite struct ListeningSocketTests {
    @Test func `A connection over TCP does not hold back small writes`() throws {
        let listening = try ListeningSocket.bound(to: .tcp(host: "127.0.0.1", port: 0))
        let address = try SocketAddress(ofSocket: listening.descriptor)
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(client) }
        try #require(unsafe address.withPointer { unsafe connect(client, $0, $1) } == 0)
        let connection = try #require(try Connection.accept(from: listening.descriptor))
        var isOn: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(connection.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, &size)
        #expect(isOn != 0)
    }
}
