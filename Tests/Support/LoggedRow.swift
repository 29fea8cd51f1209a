// SPDX-License-Identifier: Apache-2.0

/// A delivery as `webhook-fcgi deliveries --output json` prints it.
package struct LoggedRow: Decodable {
    package let id: String
    package let receiver: String
    package let status: Int
    package let outcome: String
    package let repositories: [Repository]
    package let targets: [Goal]
    package let reason: String?
    package let redeliveryOf: String?

    package struct Repository: Decodable {
        package let repository: String
        package let new: String
    }

    package struct Goal: Decodable {
        package let target: String
        package let outcome: String
    }
}
