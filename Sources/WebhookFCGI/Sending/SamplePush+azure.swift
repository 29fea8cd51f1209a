// SPDX-License-Identifier: Apache-2.0

extension SamplePush {
    /// What Container Registry sends when an image or a chart is pushed; the media type leaves open which.
    ///
    /// The repository has to have a host and a name.
    func registryBody() -> String {
        """
        {"id":"\(identifier())","timestamp":"\(time)","action":"push","target":{\
        "mediaType":"application/vnd.oci.image.manifest.v1+json","size":524,"digest":"sha256:\(digits(64))",\
        "length":524,"repository":\(quoted(parts.dropFirst().joined(separator: "/"))),"tag":\(quoted(tag))},\
        "request":{"id":"\(identifier())","host":\(quoted(parts[0])),"method":"PUT","useragent":"\(Self.pusher)"}}
        """
    }

    /// What DevOps sends when commits are pushed; the repository is a URL, as `git clone` takes it.
    func devOpsBody() -> String {
        let (old, new) = (digits(40), digits(40))
        return """
            {"subscriptionId":"\(identifier())","notificationId":1,"id":"\(identifier())","eventType":"git.push",\
            "publisherId":"tfs","message":{"text":"\(Self.pusher)"},"resource":{\
            "commits":[{"commitId":"\(new)","comment":"\(Self.pusher)"}],\
            "refUpdates":[{"name":\(quoted(ref)),"oldObjectId":"\(old)","newObjectId":"\(new)"}],\
            "repository":{"id":"\(identifier())","name":\(quoted(parts.last ?? "")),\
            "defaultBranch":"refs/heads/main","remoteUrl":\(quoted(repository))},"pushId":1},\
            "resourceVersion":"1.0","createdDate":"\(time)"}
            """
    }
}
