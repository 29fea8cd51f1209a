// SPDX-License-Identifier: Apache-2.0

/// The values of the sample's Secrets: words that occur nowhere else, so that a leak is found by searching.
enum Secrets {
    static let harbor = "Bearer zanzibar-harbor"
    static let cluster = "Bearer zanzibar-cluster"
    static let azure = "zanzibar-azure"
    static let dockerHub = "zanzibar-dockerhub"

    /// What all of them have in common.
    static let mark = "zanzibar"
}
