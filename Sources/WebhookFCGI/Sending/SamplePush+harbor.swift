// SPDX-License-Identifier: Apache-2.0

import POSIX

extension SamplePush {
    /// What Harbor sends when an artifact is pushed, in one of its two formats.
    ///
    /// The repository has to have a host, a project and a name.
    func harborBody(_ format: PayloadFormat) -> String {
        let name = parts.dropFirst(2).joined(separator: "/")
        let data = """
            {"resources":[{"digest":"sha256:\(digits(64))","tag":\(quoted(tag)),\
            "resource_url":\(quoted("\(repository):\(tag)"))}],\
            "repository":{"date_created":\(seconds - 86_400),"name":\(quoted(name)),"namespace":\(quoted(parts[1])),\
            "repo_full_name":\(quoted("\(parts[1])/\(name)")),"repo_type":"private"}}
            """
        switch format {
        case .default:
            return """
                {"type":"PUSH_ARTIFACT","occur_at":\(seconds),"operator":"\(Self.pusher)","event_data":\(data)}
                """
        case .cloudevents:
            return """
                {"specversion":"1.0","id":"\(identifier())","source":"/projects/1/webhook/policies/1",\
                "type":"harbor.artifact.pushed","datacontenttype":"application/json",\
                "time":"\(time.text(fractionalDigits: 3))","data":\(data),"operator":"\(Self.pusher)"}
                """
        }
    }
}
