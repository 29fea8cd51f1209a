// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX
import Testing

@testable import Config
@testable import WebhookFCGI

@Suite struct LogTests {
    /// Logs to a pipe as if to a file, and reads it.
    private func withPipe(_ body: (Log, () -> String) throws -> Void) throws {
        let path = "/tmp/webhook-fcgi-\(UInt64.random(in: 0...UInt64.max))"
        #expect(unsafe mkfifo(path, 0o600) == 0)
        defer { unsafe unlink(path) }
        let reader = try Descriptor(opening: path, O_RDWR | O_NONBLOCK)
        try body(try Log(Settings.Log(level: .info, format: .text, file: path))) {
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while case let count = unsafe read(reader.number, &chunk, chunk.count), count > 0 {
                bytes += chunk.prefix(count)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test func `After a line that could be written only in part the next begins anew`() throws {
        try withPipe { log, read in
            log.write(Array((String(repeating: "x", count: 100_000) + "\n").utf8))
            #expect(read().allSatisfy { $0 == "x" })
            log.write(Array("next\n".utf8))
            let lines = read().split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 4 && lines[0] == "" && lines[2] == "next")
            #expect(lines[1].hasSuffix(" WARNING log lines were dropped count=1"))
            log.write(Array("last\n".utf8))
            #expect(read() == "last\n")
        }
    }

    @Test func `Lines for which there is no room are dropped and counted`() throws {
        try withPipe { log, read in
            let line = String(repeating: "x", count: 4095) + "\n"
            for _ in 0..<20 { log.write(Array(line.utf8)) }
            #expect(read() == String(repeating: line, count: 16))
            log.write(Array("next\n".utf8))
            #expect(read().hasSuffix(" WARNING log lines were dropped count=4\nnext\n"))
        }
    }
}
