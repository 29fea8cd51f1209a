// SPDX-License-Identifier: Apache-2.0

import Config
import Logging
import Outbox
import POSIX

extension Service {
    /// Has what waits for catalogues looked at now, for it may have waited for just what has changed since `old`.
    ///
    /// What was put off because a catalogue could not be used need not wait longer once it can.
    func wakeCatalogues(after old: Snapshot?) {
        defer { catalogueDoorbell.ring() }
        guard let old, let new = state.snapshot else { return }
        let unusable = Set(old.obstructed.map(\.title)).union(old.unusable ?? [])
        guard !unusable.isEmpty else { return }
        for receiver in new.receivers where receiver.catalogue != nil && unusable.contains(receiver.title) {
            do throws(OutboxError) { _ = try outbox.retryAll(of: receiver.title, at: .now()) } catch {
                log.logger.error(
                    "what waits for a catalogue is tried later than it could be",
                    metadata: ["receiver": "\(receiver.title)", "error": "\(error)"]
                )
            }
        }
    }
}
