// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import Glibc
internal import NIOConcurrencyHelpers
package import POSIX

/// Keeps the file and its log small, on a connection of its own.
///
/// The one that commits deliveries never waits for it for longer than some milliseconds.
package final class OutboxMaintenance: Sendable {
  private let file: OutboxFile
  private let settings: NIOLockedValueBox<OutboxSettings>

  /// How often to try to get a lock: about four seconds.
  private static let longPatience = 16_000
  private let patience = NIOLockedValueBox(longPatience)

  /// Rows that one transaction removes.
  private static let rowsPerStep = 200

  package init(_ outbox: Outbox) {
    // Often, because between the commits of a busy process there is hardly a moment.
    file = outbox.file.another(
      busyMode: .callback { [patience] attempts in
        guard attempts < patience.withLockedValue({ $0 }) else { return false }
        usleep(200)
        return true
      }
    )
    settings = outbox.settings
  }

  /// Removes deliveries that are too many or too old, and refreshes that have long been finished.
  ///
  /// - Returns: Whether there may be more to remove.
  package func cleanUp(at now: Timestamp) throws(OutboxError) -> Bool {
    let settings = settings.withLockedValue { $0 }
    let oldest = (now - settings.keptFor).microseconds
    return try file.withConnection { queue in
      try queue.write { database in
        try database.execute(
          sql: """
            DELETE FROM delivery WHERE sequence IN (
                SELECT sequence FROM delivery
                WHERE sequence <= (SELECT max(sequence) FROM delivery) - ? OR received < ?
                ORDER BY sequence LIMIT ?
            )
            """,
          arguments: [settings.keptDeliveries, oldest, Self.rowsPerStep]
        )
        let deliveries = database.changesCount
        // A token in the future, from a clock that was wrong, has to be remembered.
        try database.execute(
          sql: """
            DELETE FROM refresh WHERE (namespace, name) IN (
                SELECT namespace, name FROM refresh
                WHERE state <> 0 AND finished < ? AND token < ? LIMIT ?
            )
            """,
          arguments: [oldest, oldest, Self.rowsPerStep]
        )
        return deliveries == Self.rowsPerStep || database.changesCount == Self.rowsPerStep
      }
    }
  }
}

extension OutboxMaintenance {
  /// Above this many frames of a page each SQLite's log is cut, which is at 16 MiB.
  static let longestLog = 4096

  /// Moves what is committed from SQLite's log into the file, and cuts the log when it has become long.
  ///
  /// Without a lock that commits wait for, as far as that goes: under load the log never has a moment at
  /// which it could begin anew by itself. To cut it, commits wait while the last of it is moved.
  package func checkpoint() throws(OutboxError) {
    try file.withConnection { queue in
      try queue.writeWithoutTransaction { database in
        do {
          var left = Int.max
          for _ in 0..<4 {
            let (frames, moved) = try database.checkpoint(.passive)
            guard frames > Self.longestLog else { return }
            // Repeated while that leaves less to move under the lock.
            guard frames - moved < left, frames - moved > 64 else { break }
            left = frames - moved
          }
          // While this waits for readers, commits wait for it.
          patience.withLockedValue { $0 = 40 }
          defer { patience.withLockedValue { $0 = Self.longPatience } }
          _ = try database.checkpoint(.truncate)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
          // Another process is at it, or somebody reads: the next round comes soon.
        }
      }
    }
  }
}
