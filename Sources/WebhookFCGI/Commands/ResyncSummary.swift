// SPDX-License-Identifier: Apache-2.0

import Catalogue

extension ResyncCommand {
    /// What came of a resync; with what was done before it was interrupted.
    struct Summary: Encodable {
        let receiver: String

        /// The one project of Harbor that it was about; left out for all.
        let project: String?
        let outcome: Outcome

        /// Why it was stopped; left out where it was not.
        let reason: String?

        /// Whether it went on where an earlier one was interrupted.
        let resumed: Bool

        let projects: Int
        let repositories: Int
        let artifacts: Int

        /// Objects that are gone from Harbor, and now from the catalogue.
        let removed: Int

        /// Objects that stay because Harbor does not say what has become of them.
        let kept: Int

        /// Projects in which Harbor does not let the account look.
        let refused: Int
        let failed: Int

        /// The first hundred.
        let problems: [String]

        enum Outcome: String, Encodable {
            case done, interrupted, stopped
        }

        init(_ receiver: String, _ project: String?, _ result: ResyncOutcome) {
            self.receiver = receiver
            self.project = project
            switch result.end {
            case .done: (outcome, reason) = (.done, nil)
            case .interrupted: (outcome, reason) = (.interrupted, nil)
            case .stopped(let text): (outcome, reason) = (.stopped, text)
            }
            resumed = result.isResumed
            let counts = result.counts
            (projects, repositories, artifacts) = (counts.projects, counts.repositories, counts.artifacts)
            (removed, kept, refused, failed) = (counts.removed, counts.kept, counts.refused, counts.failed)
            problems = result.problems
        }

        var text: String {
            var lines = problems.map(\.visible)
            if resumed { lines.append("went on where it was interrupted") }
            lines.append(
                "\(projects) projects, \(repositories) repositories and \(artifacts) artifacts in step, \(removed) removed"
                    + (kept > 0 ? ", \(kept) kept" : "")
                    + (refused > 0 ? ", \(refused) projects left out" : "")
                    + (failed > 0 ? ", \(failed) failed" : "")
            )
            switch outcome {
            case .done: break
            case .interrupted:
                lines.append("interrupted: the next resync goes on here, or anew with --restart")
            case .stopped:
                lines.append("stopped: \((reason ?? "").visible)")
                lines.append("the next resync goes on here, or anew with --restart")
            }
            return lines.joined(separator: "\n")
        }
    }
}
