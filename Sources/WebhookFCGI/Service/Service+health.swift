// SPDX-License-Identifier: Apache-2.0

import Config
import Outbox
import POSIX

extension Service {
    /// Whether deliveries can be taken now, and what is wrong.
    ///
    /// It begins a transaction, so it may take as long as a commit.
    func health() -> Health {
        let troubles = troubles
        let snapshot = state.snapshot
        let isKnown = snapshot != nil
        var problems: [Health.Problem] = []
        if let text = troubles.source ?? (isKnown ? nil : "the cluster has not been read yet") {
            problems.append(Health.Problem(part: .source, text: text))
        }
        if let text = troubles.reload { problems.append(Health.Problem(part: .source, text: text)) }
        var isWritable = true
        do throws(OutboxError) { try outbox.checkWritable() } catch {
            isWritable = false
            problems.append(Health.Problem(part: .outbox, text: "deliveries cannot be kept: \(error)"))
        }
        if let text = troubles.sink ?? troubles.backlog?.complaint("refresh(es)") {
            problems.append(Health.Problem(part: .sink, text: text))
        }
        if let text = snapshot?.complaint {
            problems.append(Health.Problem(part: .catalogue, text: text))
        }
        if let text = troubles.catalogueBacklog?.complaint("catalogue object(s)") {
            problems.append(Health.Problem(part: .catalogue, text: text))
        }
        return Health(isReady: isKnown && isWritable, problems: problems)
    }

    /// What does not work now, in words for an operator; nil for what works.
    struct Troubles {
        /// Why the source cannot be read.
        var source: String?

        /// That what is in the folder, or in the settings, is not what is in force.
        var reload: String?

        /// What was wrong with the sink when it was asked at the start.
        var sink: String?

        /// What waits in the outbox, for this process or another: what the sink did not take among it.
        var backlog: Backlog?

        /// The same of what catalogues have to show.
        var catalogueBacklog: Backlog?

        /// Whether deliveries were taken when somebody looked last.
        var isReady = false
    }
}

extension Snapshot {
    /// What there is to say when catalogues cannot be used.
    fileprivate var complaint: String? {
        guard let first = obstructed.first, let obstacle = first.obstacle else { return nil }
        return "\(obstructed.count) CatalogueReceiver(s) cannot be used, what comes for them waits: "
            + "\(first.title): \(obstacle)"
    }
}

extension Backlog {
    /// What there is to say when something in it was tried, and failed.
    fileprivate func complaint(_ what: String) -> String? {
        guard let failure else { return nil }
        return "\(failing) \(what) failed and wait for the next attempt: \(failure)"
    }
}
