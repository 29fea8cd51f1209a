// SPDX-License-Identifier: Apache-2.0

import POSIX
import Subscriptions
import Testing

@testable import Outbox

struct LogEntryTests {
    private static let plain = LogEntry(
        id: "1",
        received: 0,
        project: "",
        receiver: "r",
        provider: "azure",
        event: nil,
        status: 200,
        decision: "{}",
        targets: "",
        repetitionKey: nil,
        duration: 0,
        headers: "",
        redeliveryOf: nil,
        bodySize: 0,
        body: []
    )

    private static let full = LogEntry(
        id: "019b8e2f",
        received: -1,
        project: "kargo-demo",
        receiver: "größer",
        provider: "harbor",
        event: "",
        status: .max,
        decision: "{\"a\":\"\u{1F600}\"}",
        targets: "a/b 1\na/c 2",
        repetitionKey: [0, 255],
        duration: 12,
        headers: "a: b\n",
        redeliveryOf: "0",
        bodySize: 1 << 40,
        body: [0, 10, 13, 255]
    )

    @Test(arguments: [plain, full]) func `An entry is read as it was written`(entry: LogEntry) {
        var bytes: [UInt8] = [1, 2, 3]
        entry.write(to: &bytes)
        #expect(LogEntry(bytes[3...]) == entry)
    }

    @Test(arguments: [plain, full]) func `What is cut off or goes on is no entry`(entry: LogEntry) {
        var bytes: [UInt8] = []
        entry.write(to: &bytes)
        for end in 0..<bytes.count { #expect(LogEntry(bytes[..<end]) == nil) }
        #expect(LogEntry((bytes + [0])[...]) == nil)
    }

    @Test func `A body is cut where the log cuts it, and its size is kept`() {
        let body = [UInt8](repeating: 7, count: DeliveryRecord.bodyLimit + 1)
        let record = DeliveryRecord.sample("1", at: Timestamp(microseconds: 5), to: [], body: body)
        let refreshes = ["b", "c"].map {
            Refresh(target: Target(namespace: "a", name: $0), token: Timestamp(microseconds: 9))
        }
        let entry = LogEntry(record, refreshes)
        #expect(entry.body.count == DeliveryRecord.bodyLimit)
        #expect(entry.bodySize == Int64(body.count))
        #expect(entry.targets == "a/b 9\na/c 9")
    }
}
