// SPDX-License-Identifier: Apache-2.0

internal import Kubernetes

/// Whether the API server can be asked, told when it changes.
actor SourceHealth {
    private var failures: [FollowedKind: String] = [:]

    /// What has been watched before.
    private var watched: Set<FollowedKind> = []
    private let report: @Sendable (SourceNews) -> Void

    init(_ report: @escaping @Sendable (SourceNews) -> Void) { self.report = report }

    func note(_ change: Reflector.Change, of kind: FollowedKind) {
        switch change {
        // Without these all else goes on, and what is wrong is said once.
        case .failed(let error) where kind.isOptional && error.isAboutRights: break
        case .failed(let error):
            let known = failures.updateValue(error.description, forKey: kind)
            if known != error.description { report(.failing(error.description, problems: [])) }
        case .inTouch:
            if !watched.insert(kind).inserted { report(.watchRestarted) }
            if failures.removeValue(forKey: kind) != nil, failures.isEmpty { report(.recovered) }
        case .listed, .changed, .deleted: break
        }
    }
}

extension KubernetesError {
    /// Whether the API server does not know the kind of object, or may not tell.
    fileprivate var isAboutRights: Bool {
        switch code {
        case .unknownResource, .forbidden: true
        default: false
        }
    }
}
