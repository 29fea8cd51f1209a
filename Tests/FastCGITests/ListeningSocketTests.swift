// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
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

    @Test func `A Unix socket is its owner's and group's, and what is made meanwhile keeps its mode`()
        async throws
    {
        let folder = try TemporaryFolder()
        let usual = try modeOfFolder(madeAt: "\(folder.path)/folder")
        try await withThrowingTaskGroup { group in
            for number in 0..<500 {
                group.addTask {
                    let path = "\(folder.path)/\(number)"
                    let listening = try ListeningSocket.bound(to: .unix(path: path))
                    #expect(try modeOfFolder(madeAt: "\(path).folder") == usual)
                    #expect(try mode(of: path) == 0o660)
                    withExtendedLifetime(listening) {}
                }
            }
            try await group.waitForAll()
        }
    }

    private func modeOfFolder(madeAt path: String) throws -> mode_t {
        let made = unsafe mkdir(path, 0o777)
        try #require(made == 0)
        return try mode(of: path)
    }

    private func mode(of path: String) throws -> mode_t {
        var status = stat()
        try #require(unsafe lstat(path, &status) == 0)
        return status.st_mode & 0o7777
    }
}
