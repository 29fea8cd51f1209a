// SPDX-License-Identifier: Apache-2.0

/// A receiver as `webhook-fcgi receivers --output json` prints it.
package struct ReceiverRow: Decodable, Equatable {
    package let project: String
    package let name: String
    package let type: String
    package let path: String
    package let url: String
    package let lastDelivery: String?
    package let lastSuccess: String?
    package let failures24h: Int

    /// What tells its URL from others, and is a secret where the URL authenticates.
    package var hash: String { String(path.split(separator: "/").last ?? "") }
}
