// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import GRDB
internal import POSIX
internal import Subscriptions

/// What the log tells.
extension Outbox {
    /// A delivery of the log, with its body; nil when it has none with this id, or not any more.
    package func delivery(_ id: String) throws(OutboxError) -> LoggedDelivery? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT \(LoggedDelivery.columns), body FROM delivery WHERE id = ?",
                arguments: [id]
            )
            .map { row in
                let body: Data? = row["body"]
                return try LoggedDelivery(row, body: body ?? Data(), database)
            }
        }
    }

    /// Up to `limit` ids that begin with `prefix`, the oldest first.
    package func deliveryIDs(beginningWith prefix: String, limit: Int) throws(OutboxError) -> [String] {
        try read { database in
            try String.fetchAll(
                database,
                sql: "SELECT id FROM delivery WHERE substr(id, 1, ?) = ? ORDER BY sequence LIMIT ?",
                arguments: [prefix.unicodeScalars.count, prefix, limit]
            )
        }
    }

    /// The last `limit` deliveries that `filter` lets through, without their bodies, the oldest first.
    package func deliveries(_ filter: DeliveryFilter, last limit: Int) throws(OutboxError) -> [LoggedDelivery]
    {
        try read { database in
            let first = try filter.since.map { try database.firstDelivery(since: $0) } ?? 0
            return try database.deliveries(filter, in: first..<Int64.max, newestFirst: true, limit).reversed()
        }
    }

    /// The next `limit` deliveries after the one at `sequence` that `filter` lets through, without their bodies.
    package func deliveries(
        _ filter: DeliveryFilter,
        after sequence: Int64,
        limit: Int
    ) throws(OutboxError) -> [LoggedDelivery] {
        try read { try $0.deliveries(filter, in: (sequence + 1)..<Int64.max, newestFirst: false, limit) }
    }

    /// The last `limit` deliveries before the place `end` that `filter` lets through, without their bodies, the newest
    /// first, among the `reach` that are looked at: a page must not read a log of millions.
    ///
    /// - Returns: Them, and before which place to go on; nil where there are no more.
    package func deliveries(
        _ filter: DeliveryFilter,
        before end: Int64?,
        limit: Int,
        reach: Int
    ) throws(OutboxError) -> (deliveries: [LoggedDelivery], next: Int64?) {
        try read { database in
            guard let newest = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM delivery"),
                let oldest = try Int64.fetchOne(database, sql: "SELECT min(sequence) FROM delivery")
            else { return ([], nil) }
            let end = max(oldest, min(end ?? .max, newest + 1))
            let first = max(oldest, try filter.since.map { try database.firstDelivery(since: $0) } ?? 0)
            let start = min(end, max(first, end - Int64(reach)))
            var deliveries = try database.deliveries(filter, in: start..<end, newestFirst: true, limit + 1)
            guard deliveries.count > limit else { return (deliveries, start > first ? start : nil) }
            deliveries.removeLast()
            return (deliveries, deliveries.last?.sequence)
        }
    }

    /// The place of the newest delivery; 0 when there was none yet.
    package func lastSequence() throws(OutboxError) -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM delivery") ?? 0 }
    }
}

extension Database {
    /// A place before which all deliveries are older than `time`: they are in order of time, but for those of a rush.
    fileprivate func firstDelivery(since time: Timestamp) throws -> Int64 {
        let time = time - Journal.longestDelay
        guard let newest = try Int64.fetchOne(self, sql: "SELECT max(sequence) FROM delivery"),
            let oldest = try Int64.fetchOne(self, sql: "SELECT min(sequence) FROM delivery")
        else { return 0 }
        return try lastDelivery(in: (oldest - 1)...newest, where: "received < ?", [time.microseconds]) + 1
    }

    fileprivate func deliveries(
        _ filter: DeliveryFilter,
        in places: Range<Int64>,
        newestFirst: Bool,
        _ limit: Int
    ) throws -> [LoggedDelivery] {
        var conditions = ["sequence >= ? AND sequence < ?"]
        var arguments: StatementArguments = [places.lowerBound, places.upperBound]
        if let since = filter.since {
            conditions.append("received >= ?")
            arguments += [since.microseconds]
        }
        if let receiver = filter.receiver {
            conditions.append("project = ? AND receiver = ?")
            arguments += [receiver.project, receiver.name]
        }
        if !filter.statuses.isEmpty {
            conditions.append("status IN (\(filter.statuses.map(String.init).joined(separator: ", ")))")
        }
        let rows = try Row.fetchCursor(
            self,
            sql: """
                SELECT \(LoggedDelivery.columns) FROM delivery WHERE \(conditions.joined(separator: " AND "))
                ORDER BY sequence \(newestFirst ? "DESC" : "")
                """,
            arguments: arguments
        )
        var deliveries: [LoggedDelivery] = []
        while deliveries.count < limit, let row = try rows.next() {
            let delivery = try LoggedDelivery(row, body: Data(), self)
            if filter.results.isEmpty || filter.results.contains(delivery.result) {
                deliveries.append(delivery)
            }
        }
        return deliveries
    }

    /// The row knows the target's last token and the last one that was delivered, which take along all before.
    func fate(of refresh: Refresh) throws -> LoggedDelivery.Fate {
        let statement = try cachedStatement(
            sql: """
                SELECT state, attempts, error, deliveredToken FROM \(refresh.target.lane.table)
                WHERE namespace = ? AND name = ?
                """
        )
        let row = try Row.fetchOne(statement, arguments: [refresh.target.namespace, refresh.target.name])
        guard let row else { return .forgotten }
        let delivered: Int64? = row["deliveredToken"]
        if let delivered, delivered >= refresh.token.microseconds { return .delivered }
        let error: String? = row["error"]
        switch RefreshState(rawValue: row["state"]) {
        case .pending: return .pending(attempts: row["attempts"], lastError: error)
        case .gone: return .gone(error ?? "")
        case .dropped: return .dropped
        case .delivered, nil: return .forgotten
        }
    }
}

extension LoggedDelivery {
    /// What `init` reads of a row; a body is as long as the row says, and need not be looked at for that.
    fileprivate static let columns = """
        sequence, id, received, project, receiver, provider, event, status, decision, targets, repetitionKey, duration,
        headers, redeliveryOf, bodySize, length(body) AS bodyLength
        """

    fileprivate init(_ row: Row, body: Data, _ database: Database) throws {
        let targets: String = row["targets"]
        let refreshes = targets.split(separator: "\n").compactMap(refresh)
        let (size, length): (Int?, Int?) = (row["bodySize"], row["bodyLength"])
        self.init(
            sequence: row["sequence"],
            record: DeliveryRecord(row, body: body, targets: refreshes.map(\.target)),
            bodyState: BodyState(size: size, length: length),
            goals: try refreshes.map { refresh in
                Goal(refresh: refresh, fate: try database.fate(of: refresh))
            }
        )
    }
}

extension LoggedDelivery.BodyState {
    /// Of a body of `size` bytes, of which `length` are kept.
    ///
    /// An earlier version did not note the size of one that may have been cut.
    fileprivate init(size: Int?, length: Int?) {
        switch (size, length) {
        case (_, nil): self = .removed
        case (let size?, let length?): self = length < size ? .cut : .whole
        case (nil, _?): self = .cut
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
            duration: .microseconds(row["duration"] as Int64),
            headers: row["headers"],
            redeliveryOf: row["redeliveryOf"]
        )
    }
}

/// Reads a line of what a turn has written: `namespace/name token`.
private func refresh(_ line: Substring) -> Refresh? {
    guard let space = line.lastIndex(of: " "), let token = Int64(line[space...].dropFirst()),
        let target = Target(line[..<space])
    else { return nil }
    return Refresh(target: target, token: Timestamp(microseconds: token))
}
