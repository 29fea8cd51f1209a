// SPDX-License-Identifier: Apache-2.0

/// A source that tells by itself what changes.
package protocol LiveSource: Source {
    /// For messages: `the cluster`.
    var title: String { get }

    /// Whether it is read as a whole, at the start, at every reload and when it has changed.
    ///
    /// Then a mistake in it is worth refusing a reload, and a change worth a line in the log. Otherwise it is only
    /// followed, and what is in it becomes known object by object.
    var isReadAsAWhole: Bool { get }

    /// Tells `report` what the source holds as soon as it is known, and then whatever changes, until the task is
    /// cancelled.
    ///
    /// What ``load()`` has found before need not be told again.
    func follow(_ report: @escaping @Sendable (SourceNews) -> Void) async
}

/// What a source says by itself.
package enum SourceNews: Sendable {
    /// It holds this now; the problems are those that were not there before.
    case changed(Snapshot, problems: [Problem])

    /// It cannot be read now, for this reason; what it held last goes on counting.
    ///
    /// The problems are those that were not there before.
    case failing(String, problems: [Problem])

    /// It can be read again.
    case recovered

    /// A watch had ended, and has begun again.
    case watchRestarted

    /// Changes may be noticed late, or not at all.
    case impaired(Problem)
}
