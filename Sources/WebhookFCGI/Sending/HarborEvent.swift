// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What Harbor tells of, named as in its format `Default`.
enum HarborEvent: String, ExpressibleByArgument, CaseIterable {
    case push = "PUSH_ARTIFACT"
    case pull = "PULL_ARTIFACT"
    case delete = "DELETE_ARTIFACT"
    case scanCompleted = "SCANNING_COMPLETED"
    case scanFailed = "SCANNING_FAILED"
    case scanStopped = "SCANNING_STOPPED"
    case quotaExceeded = "QUOTA_EXCEED"
    case quotaWarned = "QUOTA_WARNING"
    case replication = "REPLICATION"
    case retention = "TAG_RETENTION"

    /// The same in CloudEvents.
    var cloudEventType: String {
        switch self {
        case .push: "harbor.artifact.pushed"
        case .pull: "harbor.artifact.pulled"
        case .delete: "harbor.artifact.deleted"
        case .scanCompleted: "harbor.scan.completed"
        case .scanFailed: "harbor.scan.failed"
        case .scanStopped: "harbor.scan.stopped"
        case .quotaExceeded: "harbor.quota.exceeded"
        case .quotaWarned: "harbor.quota.warned"
        case .replication: "harbor.replication.status.changed"
        case .retention: "harbor.tag_retention.finished"
        }
    }
}
