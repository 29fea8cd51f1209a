// SPDX-License-Identifier: Apache-2.0

import POSIX

/// How long ago something was, or how soon it will be, in one unit: what a table has room for.
struct Age: CustomStringConvertible {
    private let seconds: Int64

    init(of time: Timestamp, at now: Timestamp) {
        seconds = (now.microseconds - time.microseconds) / 1_000_000
    }

    /// The unit in which it is at least two, so that little is lost.
    var description: String {
        switch abs(seconds) {
        case ..<120: "\(abs(seconds))s"
        case ..<7200: "\(abs(seconds) / 60)m"
        case ..<172_800: "\(abs(seconds) / 3600)h"
        default: "\(abs(seconds) / 86_400)d"
        }
    }

    /// For what is still to come.
    var ahead: String { seconds >= 0 ? "now" : "in \(self)" }
}
