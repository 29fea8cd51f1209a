// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Handlers

/// A service whose delivery can be imitated; one type of receiver may know several.
enum Sender: String, ExpressibleByArgument, CaseIterable {
    case harbor
    case azure
    case azureDevOps = "azure-devops"
    case dockerHub = "dockerhub"

    /// The type of the receivers that understand it.
    var provider: Provider {
        switch self {
        case .harbor: .harbor
        case .azure, .azureDevOps: .azure
        case .dockerHub: .dockerhub
        }
    }

    /// Whether Git refs are pushed there, and not artifacts.
    var isGit: Bool { self == .azureDevOps }
}

/// How Harbor is told to write its events.
enum PayloadFormat: String, ExpressibleByArgument, CaseIterable {
    case `default`, cloudevents
}
