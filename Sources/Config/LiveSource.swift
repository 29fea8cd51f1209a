// SPDX-License-Identifier: Apache-2.0

/// A source that tells by itself what changes.
package protocol LiveSource: Source {
    /// Tells `report` what the source holds as soon as it is known, and then whatever changes, until the task is
    /// cancelled.
    func follow(_ report: @escaping @Sendable (SourceNews) -> Void) async
}

/// What a source says by itself.
package enum SourceNews: Sendable {
    /// It holds this now; the problems are those that were not there before.
    case changed(Snapshot, problems: [Problem])

    /// It cannot be read now, for this reason; what it held last goes on counting.
    case failing(String)

    /// It can be read again.
    case recovered

    /// A watch had ended, and has begun again.
    case watchRestarted
}
