// SPDX-License-Identifier: Apache-2.0

/// A receiver as `webhook-fcgi receivers --output json` prints it.
struct ReceiverRow: Decodable, Equatable {
    let project: String
    let name: String
    let type: String
    let path: String
    let url: String

    /// What tells its URL from others, and is a secret where the URL authenticates.
    var hash: String { String(path.split(separator: "/").last ?? "") }
}
