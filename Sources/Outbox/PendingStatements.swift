// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import Subscriptions

/// What a turn asks and tells of what is pending in a lane.
struct PendingStatements {
    let setToken: HotStatement
    let hasten: HotStatement
    let makePending: HotStatement

    init(_ texts: Texts, _ database: Database) throws {
        setToken = try HotStatement(texts.setToken, database)
        hasten = try HotStatement(texts.hasten, database)
        makePending = try HotStatement(texts.makePending, database)
    }

    /// Made once: a turn must not put texts together.
    struct Texts {
        let any: String
        let find: String
        let setToken: String
        let hasten: String
        let makePending: String

        /// What is due later is left out; where there is much of it, what is due after that is, too.
        private static let anyObject = """
            SELECT 1 FROM (SELECT name FROM \(Target.Lane.catalogue.table) WHERE state = 0 ORDER BY due LIMIT 100)
            WHERE substr(name, -\(Target.laterMark.count)) <> '\(Target.laterMark)' LIMIT 1
            """

        static let refreshes = Texts(.warehouses)
        static let objects = Texts(.catalogue)

        /// Those of a lane.
        static func of(_ lane: Target.Lane) -> Texts { lane == .warehouses ? refreshes : objects }

        private init(_ lane: Target.Lane) {
            let table = lane.table
            any = lane == .warehouses ? "SELECT 1 FROM \(table) WHERE state = 0 LIMIT 1" : Self.anyObject
            find = "SELECT token, due, state, finished FROM \(table) WHERE namespace = ? AND name = ?"
            // Leaves the index alone, as a statement that names `due` or `state` would not.
            setToken = "UPDATE \(table) SET token = ? WHERE namespace = ? AND name = ?"
            hasten = "UPDATE \(table) SET token = ?, due = ? WHERE namespace = ? AND name = ?"
            makePending = """
                INSERT INTO \(table) (namespace, name, token, state, requested, due) VALUES (?, ?, ?, 0, ?, ?)
                ON CONFLICT (namespace, name) DO UPDATE SET
                    token = excluded.token, state = 0, requested = excluded.requested, due = excluded.due,
                    attempts = 0
                """
        }
    }
}
