// SPDX-License-Identifier: Apache-2.0

/// The values of the sample's Secrets: words that occur nowhere else, so that a leak is found by searching.
package enum Secrets {
    package static let harbor = "Bearer zanzibar-harbor"
    package static let cluster = "Bearer zanzibar-cluster"
    package static let azure = "zanzibar-azure"
    package static let dockerHub = "zanzibar-dockerhub"

    package static let portal = "zanzibar-portal"

    /// What all of them have in common.
    package static let mark = "zanzibar"
}
