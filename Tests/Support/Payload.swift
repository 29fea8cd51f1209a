// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Bodies that tests make up; those of real senders are fixtures of the handlers' tests.
package enum Payload {
    /// No two pushes are the same, or the second would be taken for a repetition of the first.
    private static let count = Atomic(1_767_225_600)

    /// Harbor's push of one artifact.
    package static func harborPush(
        of repository: String = "registry.example.com/team-a/backend/api"
    ) -> [UInt8] {
        let time = count.add(1, ordering: .relaxed).newValue
        return Array(
            """
            {"type":"PUSH_ARTIFACT","occur_at":\(time),"operator":"robot","event_data":{"resources":\
            [{"digest":"sha256:1f","tag":"1.4.2","resource_url":"\(repository):1.4.2"}],\
            "repository":{"name":"api","namespace":"team-a","repo_full_name":"team-a/api"}}}
            """.utf8
        )
    }

    /// Docker Hub's push.
    package static func dockerHubPush(of repository: String = "example/api") -> [UInt8] {
        let time = count.add(1, ordering: .relaxed).newValue
        return Array(
            #"{"push_data":{"tag":"1.4.2","pushed_at":\#(time)},"repository":{"repo_name":"\#(repository)"}}"#
                .utf8
        )
    }

    /// Harbor's, made `count` bytes long with white space.
    package static func harborPush(paddedTo count: Int) -> [UInt8] {
        let body = harborPush()
        return body + [UInt8](repeating: UInt8(ascii: " "), count: count - body.count)
    }

    /// Any of Harbor's events about artifacts; no two are the same.
    package static func harborEvent(_ type: String, _ repository: String, _ digests: String...) -> [UInt8] {
        let time = count.add(1, ordering: .relaxed).newValue
        let resources = digests.map { #"{"digest":"\#($0)","tag":"1"}"# }.joined(separator: ",")
        let project = repository.prefix { $0 != "/" }
        return Array(
            """
            {"type":"\(type)","occur_at":\(time),"operator":"robot","event_data":{"resources":[\(resources)],\
            "repository":{"namespace":"\(project)","repo_full_name":"\(repository)"}}}
            """.utf8
        )
    }
}
