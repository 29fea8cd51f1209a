// SPDX-License-Identifier: Apache-2.0

/// What a source holds: everything sound, and what is wrong with the rest.
package struct LoadResult: Sendable {
    package let snapshot: Snapshot

    /// Sorted, each once.
    package let problems: [Problem]

    /// The first reason why the load is not complete: nothing is there, a file cannot be read, a document does not
    /// parse.
    ///
    /// What is in a document that does not parse is unknown: on a reload it may be what works today. So a
    /// reload that is not complete changes nothing, while a first start goes on with what is sound. A document
    /// that parses and makes no sense is its author's decision, and does not make a load incomplete.
    package let obstacle: Problem?

    package var isComplete: Bool { obstacle == nil }

    /// Whether the same may be read otherwise soon: for a mapping there was no process that could have compiled it.
    let isProvisional: Bool

    package init(
        snapshot: Snapshot,
        problems: [Problem],
        obstacle: Problem? = nil
    ) {
        self.init(snapshot: snapshot, problems: problems, obstacle: obstacle, isProvisional: false)
    }

    init(snapshot: Snapshot, problems: [Problem], obstacle: Problem?, isProvisional: Bool) {
        self.snapshot = snapshot
        self.problems = Set(problems).sorted()
        self.obstacle = obstacle
        self.isProvisional = isProvisional
    }
}
