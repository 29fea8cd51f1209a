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
