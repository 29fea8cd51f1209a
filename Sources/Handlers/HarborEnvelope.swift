// SPDX-License-Identifier: Apache-2.0

/// What Harbor puts around an event, in either format.
///
/// Of an event that is ignored the type alone is read, for Harbor would send it again in vain if anything else
/// in it were minded.
struct HarborEnvelope {
    /// As `Default` spells it.
    let name: String

    /// Nil when nothing in it matters.
    let data: JSONObject?

    /// What CloudEvents call the event.
    let identity: String?

    /// `isRead` says of which events more than the name matters.
    init(_ body: [UInt8], isRead: (_ name: String) -> Bool) throws(Rejection) {
        do { try self.init(JSONObject(body), isRead) } catch {
            throw isSlackMessage(body) ? .invalidBody(hint: slackHint) : error
        }
    }

    private init(_ body: JSONObject, _ isRead: (_ name: String) -> Bool) throws(Rejection) {
        let type = try body.string("type")
        let isCloudEvent = try body.stringIfPresent("specversion") != nil
        name = isCloudEvent ? cloudEventTypes[type] ?? type : type
        guard isRead(name) else {
            (data, identity) = (nil, nil)
            return
        }
        data = try body.object(isCloudEvent ? "data" : "event_data")
        let id = isCloudEvent ? try body.stringIfPresent("id") : nil
        let source = id == nil ? nil : try body.stringIfPresent("source")
        identity = id.map { "\(source ?? "") \($0)" }
    }
}

/// Slack targets send text that is not even JSON: raw newlines inside a string.
private func isSlackMessage(_ body: [UInt8]) -> Bool {
    body.prefix(64).filter { $0 > 0x20 }.starts(with: Array(#"{"blocks":["#.utf8))
}

private let slackHint = "this is a Slack message, set the notify type of the webhook to http"

private let cloudEventTypes = [
    "harbor.artifact.pushed": "PUSH_ARTIFACT",
    "harbor.artifact.pulled": "PULL_ARTIFACT",
    "harbor.artifact.deleted": "DELETE_ARTIFACT",
    "harbor.quota.exceeded": "QUOTA_EXCEED",
    "harbor.quota.warned": "QUOTA_WARNING",
    "harbor.scan.completed": "SCANNING_COMPLETED",
    "harbor.scan.failed": "SCANNING_FAILED",
    "harbor.scan.stopped": "SCANNING_STOPPED",
    "harbor.replication.status.changed": "REPLICATION",
    "harbor.tag_retention.finished": "TAG_RETENTION",
]
