// SPDX-License-Identifier: Apache-2.0

import Config
import Foundation
import Logging
import POSIX
import Testing

@testable import WebhookFCGI

@Suite struct LogLineTests {
    private func line(_ format: LogFormat, _ value: String, message: String = "delivery") -> String {
        var line = LogLine(format, time: Timestamp(microseconds: 0), level: .info, message: message)
        line.append("event", value)
        line.append("status", number: 200)
        return String(decoding: line.encoded, as: UTF8.self)
    }

    @Test func `Text is for people, with quotes where they are needed`() {
        #expect(line(.text, "push") == "1970-01-01T00:00:00.000Z INFO delivery event=push status=200\n")
        #expect(line(.text, "a b").contains(#" event="a b" "#))
        #expect(line(.text, "").contains(#" event="" "#))
        #expect(line(.text, "a=b").contains(#" event="a=b" "#))
    }

    @Test(arguments: [
        "push", "", "a b", "\"", "\\", "a\nb", "\u{1B}[31mred", "\0", "\u{2028}", "\u{85}", "é🙂", "\u{7F}",
        "\r\n",
    ])
    func `Nothing a stranger writes starts a line or reaches the terminal`(_ value: String) throws {
        for format in [LogFormat.text, .json] {
            let line = line(format, value, message: value)
            #expect(line.filter(\.isNewline) == "\n" && line.hasSuffix("\n"))
            #expect(
                line.dropLast().unicodeScalars.allSatisfy {
                    $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x85
                }
            )
        }
        let object = try JSONSerialization.jsonObject(with: Data(line(.json, value).utf8)) as? [String: Any]
        #expect(object?["event"] as? String == value)
        #expect(object?["status"] as? Int == 200)
        #expect(object?["level"] as? String == "info")
    }

    @Test func `A very long value is cut`() {
        #expect(line(.json, String(repeating: "x", count: 100_000)).utf8.count < 700)
        #expect(line(.json, "a" + String(repeating: "\u{301}", count: 100_000)).utf8.count < 1_500)
    }
}
