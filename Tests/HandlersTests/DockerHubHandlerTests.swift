// SPDX-License-Identifier: Apache-2.0

import Handlers
import Subscriptions
import Testing

@Suite struct DockerHubHandlerTests {
    private func verdict(_ body: [UInt8]) throws -> Verdict {
        Provider.dockerhub.handler.verdict(on: Delivery(headers: [:], body: body), secret: try secret())
    }

    @Test(arguments: [
        ("push", "example/api", [RepositoryKind.image], "1.4.2"),
        ("push-no-media-type", "library/busybox", [.image, .chart], "latest"),
    ])
    func `A push names repository and tag`(
        _ name: String,
        _ repository: String,
        _ kinds: [RepositoryKind],
        _ tag: String
    ) throws {
        let push = Event.Push(repository: repository, kinds: kinds, qualifiers: .tags([tag]))
        #expect(try verdict(fixture("dockerhub/\(name)")) == .refresh(Event(name: "push", pushes: [push])))
    }

    @Test(arguments: [
        #"{"push_data":{"tag":"1"}}"#,
        #"{"repository":{"repo_name":"a/b"}}"#,
        #"{"push_data":{"tag":"1"},"repository":{"repo_name":""}}"#,
        #"{"push_data":{"tag":1},"repository":{"repo_name":"a/b"}}"#,
    ])
    func `A payload without repository or push is refused`(_ body: String) throws {
        #expect(try verdict(Array(body.utf8)) == .reject(.invalidBody()))
    }
}
