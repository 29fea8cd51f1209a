// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import Outbox
import POSIX
import Subscriptions

/// What a shell offers when somebody presses Tab: nothing where it cannot be read, and never a word about that.
extension CompletionKind {
    /// Receivers to which something came.
    static var receivers: CompletionKind {
        .custom { words, _, _ in
            outbox(words).flatMap { try? $0.activity(at: .now()) }?.keys.map(\.title).sorted() ?? []
        }
    }

    /// The last deliveries.
    static var deliveries: CompletionKind {
        .custom { words, _, _ in
            outbox(words).flatMap { try? $0.deliveries(DeliveryFilter(), last: 20) }?.map(\.record.id) ?? []
        }
    }

    /// Targets that wait for their refresh.
    static var pendingTargets: CompletionKind {
        .custom { words, _, _ in
            outbox(words).flatMap { try? $0.pending() }?.prefix(100).map(\.target.description) ?? []
        }
    }

    /// By the settings file that the words name so far.
    private static func outbox(_ words: [String]) -> Outbox? {
        var options = SettingsOptions()
        options.configFile = nil
        if let index = words.firstIndex(of: "--config"), index + 1 < words.count {
            options.configFile = words[index + 1]
        }
        return (try? options.load())?.settings.existingOutbox(for: .reading)
    }
}
