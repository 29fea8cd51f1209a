// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import GRDB
internal import POSIX
internal import Subscriptions

extension Outbox {
    /// A delivery of the log; nil when it has none with this id, or not any more.
    package func delivery(_ id: String) throws(OutboxError) -> LoggedDelivery? {
        try read { database in
            guard
                let row = try Row.fetchOne(
                    database,
                    sql: "SELECT * FROM delivery WHERE id = ?",
                    arguments: [id]
                )
            else { return nil }
            let targets: String = row["targets"]
            let refreshes = targets.split(separator: "\n").compactMap(refresh)
            let body: Data? = row["body"]
            return LoggedDelivery(
                record: DeliveryRecord(row, body: body ?? Data(), targets: refreshes.map(\.target)),
                hasBody: body != nil,
                goals: try refreshes.map { refresh in
                    LoggedDelivery.Goal(refresh: refresh, fate: try database.fate(of: refresh))
                }
            )
        }
    }
}

extension DeliveryRecord {
    /// Reads a row of the log.
    fileprivate init(_ row: Row, body: Data, targets: [Target]) {
        let repetitionKey: Data? = row["repetitionKey"]
        self.init(
            id: row["id"],
            received: Timestamp(microseconds: row["received"]),
            project: row["project"],
            receiver: row["receiver"],
            provider: row["provider"],
            event: row["event"],
            status: row["status"],
            decision: row["decision"],
            body: Array(body),
            repetitionKey: repetitionKey.map { Array($0) },
            targets: targets,
            duration: .microseconds(row["duration"] as Int64)
        )
    }
}

/// Reads a line of what a turn has written: `namespace/name token`.
private func refresh(_ line: Substring) -> Refresh? {
    let parts = line.split { $0 == "/" || $0 == " " }
    guard parts.count == 3, let token = Int64(parts[2]) else { return nil }
    let target = Target(namespace: String(parts[0]), name: String(parts[1]))
    return Refresh(target: target, token: Timestamp(microseconds: token))
}

extension Database {
    /// The row knows the target's last token and the last one that was delivered, which take along all before.
    fileprivate func fate(of refresh: Refresh) throws -> LoggedDelivery.Fate {
        let row = try Row.fetchOne(
            self,
            sql:
                "SELECT state, attempts, error, deliveredToken FROM refresh WHERE namespace = ? AND name = ?",
            arguments: [refresh.target.namespace, refresh.target.name]
        )
        guard let row else { return .forgotten }
        let delivered: Int64? = row["deliveredToken"]
        if let delivered, delivered >= refresh.token.microseconds { return .delivered }
        let error: String? = row["error"]
        switch RefreshState(rawValue: row["state"]) {
        case .pending: return .pending(attempts: row["attempts"], lastError: error)
        case .gone: return .gone(error ?? "")
        case .delivered, nil: return .forgotten
        }
    }
}
