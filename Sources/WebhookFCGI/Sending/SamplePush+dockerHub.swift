// SPDX-License-Identifier: Apache-2.0

extension SamplePush {
    /// What Docker Hub sends when an image is pushed; the repository is `namespace/name`, also after `docker.io/`.
    func dockerHubBody() -> String {
        let parts = parts.first == "docker.io" ? Array(parts.dropFirst()) : parts
        let name = parts.joined(separator: "/")
        return """
            {"callback_url":"https://registry.hub.docker.com/u/\(digits(8))/","push_data":{"images":null,\
            "media_type":"application/vnd.oci.image.manifest.v1+json",\
            "pushed_at":\(seconds),"pusher":"\(Self.pusher)","tag":\(quoted(tag))},\
            "repository":{"is_official":false,"is_private":true,"name":\(quoted(parts.last ?? "")),\
            "namespace":\(quoted(parts.dropLast().joined(separator: "/"))),"repo_name":\(quoted(name)),\
            "repo_url":\(quoted("https://hub.docker.com/r/\(name)")),"status":"Active"}}
            """
    }
}
