// SPDX-License-Identifier: Apache-2.0

import POSIX

/// What Harbor tells of an artifact, in one of its two formats, made up but for the artifact.
struct SampleHarborEvent {
    private let event: HarborEvent
    private let push: SamplePush

    /// Nil where the artifact has none.
    private let tag: String?

    /// One that nobody else has where none is given.
    private let digest: String

    /// The repository has to have a host, a project and a name.
    init(
        _ event: HarborEvent,
        of repository: String,
        tag: String?,
        digest: String? = nil,
        at time: Timestamp = .now()
    ) {
        self.event = event
        self.tag = tag
        push = SamplePush(of: .tag(tag ?? ""), to: repository, at: time)
        self.digest = digest ?? "sha256:\(push.digits(64))"
    }

    func body(_ format: PayloadFormat) -> String {
        let sender = SamplePush.pusher
        switch format {
        case .default:
            return """
                {"type":"\(event.rawValue)","occur_at":\(push.seconds),"operator":"\(sender)","event_data":\(data)}
                """
        case .cloudevents:
            return """
                {"specversion":"1.0","id":"\(push.identifier())","source":"/projects/1/webhook/policies/1",\
                "type":"\(event.cloudEventType)","datacontenttype":"application/json",\
                "time":"\(push.time.text(fractionalDigits: 3))","data":\(data),"operator":"\(sender)"}
                """
        }
    }

    private var data: String {
        switch event {
        case .push, .pull, .delete:
            // Without a tag the digest is in its place.
            """
            {"resources":[{"digest":\(quoted(digest)),"tag":\(quoted(tag ?? digest)),"resource_url":\(url)}],\
            "repository":{"date_created":\(push.seconds - 86_400),\(repository)}}
            """
        case .scanCompleted: scan("Success", severity: "None", #"{"total":0,"fixable":0,"summary":{}}"#)
        case .scanFailed: scan("Error")
        case .scanStopped: scan("Stopped")
        case .quotaExceeded, .quotaWarned:
            """
            {"resources":[{"digest":\(quoted(digest)),"tag":\(quoted(tag ?? digest))}],"repository":{\(repository)},\
            "custom_attributes":{"Details":"made up by \(SamplePush.pusher)"}}
            """
        case .replication: replication
        case .retention: retention
        }
    }

    /// Without a tag there is none.
    private func scan(_ status: String, severity: String = "", _ summary: String = "null") -> String {
        let tag = tag.map { #""tag":\#(quoted($0)),"# } ?? ""
        let time = push.time.text(fractionalDigits: 6)
        return """
            {"resources":[{"digest":\(quoted(digest)),\(tag)"resource_url":\(url),"scan_overview":{\
            "application/vnd.security.vulnerability.report; version=1.1":{"report_id":"\(push.identifier())",\
            "scan_status":"\(status)","severity":"\(severity)","duration":1,"summary":\(summary),\
            "start_time":"\(time)","end_time":"\(time)","complete_percent":100}}}],\
            "repository":{\(repository)},"scan":{"scan_type":"vulnerability"}}
            """
    }

    private var replication: String {
        """
        {"replication":{"harbor_hostname":\(quoted(host)),"job_status":"Success","description":"\(SamplePush.pusher)",\
        "artifact_type":"image","authentication_type":"basic","override_mode":true,"trigger_type":"MANUAL",\
        "policy_creator":"\(SamplePush.pusher)","execution_timestamp":\(push.seconds),\
        "src_resource":{"registry_type":"docker-hub","endpoint":"https://hub.docker.com","namespace":"library"},\
        "dest_resource":{"registry_type":"harbor","endpoint":\(quoted("https://\(host)")),\
        "namespace":\(quoted(project))},\
        "successful_artifact":[{"type":"image","status":"Success",\
        "name_tag":\(quoted("\(name) [1 item(s) in total]")),"references":[\(quoted(tag ?? digest))]}],\
        "execution_id":1,"task_id":1}}
        """
    }

    private var retention: String {
        """
        {"retention":{"total":2,"retained":1,"harbor_hostname":\(quoted(host)),"project_name":\(quoted(project)),\
        "retention_policy_id":1,"retention_rule":[],"result":"SUCCESS","deleted_artifact":[{"type":"image",\
        "status":"SUCCESS","name_tag":\(quoted(name + reference)),"references":null}]}}
        """
    }

    private var host: String { push.parts[0] }

    private var project: String { push.parts[1] }

    /// Without the project.
    private var name: String { push.parts.dropFirst(2).joined(separator: "/") }

    private var reference: String { tag.map { ":\($0)" } ?? "@\(digest)" }

    private var url: String { quoted(push.repository + reference) }

    /// The members that all events have of it.
    private var repository: String {
        """
        "name":\(quoted(name)),"namespace":\(quoted(project)),"repo_full_name":\(quoted("\(project)/\(name)")),\
        "repo_type":"private"
        """
    }
}
