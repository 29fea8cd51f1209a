// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import Handlers
import Outbox
import POSIX

/// The command `webhook-fcgi send`.
struct Send: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Post an event to a receiver, as its sender would: the smoke test after an installation.",
        discussion: """
            The Warehouses that subscribe to the repository are refreshed, as after any push. A CatalogueReceiver looks at
            Harbor again, as after any of its events: give the digest of an artifact that is there.

            Exit code 0 when the reply is a success, 1 when it is not, or when none comes.

            EXAMPLES:
              webhook-fcgi send harbor --receiver kargo-demo/harbor-wh-receiver \\
                  --repository registry.example.com/team-a/backend/api --tag 1.4.2
              webhook-fcgi send azure-devops --receiver kargo-demo/azure-wh-receiver \\
                  --repository https://dev.azure.com/example/shop/_git/web --branch main
              webhook-fcgi send harbor --receiver kargo-demo/portal --event SCANNING_COMPLETED \\
                  --repository registry.example.com/team-a/backend/api --digest sha256:4b8c...
            """
    )

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @OptionGroup var options: SettingsOptions

    @Argument(help: ArgumentHelp("Who is imitated.", valueName: "provider"))
    var sender: Sender

    @Option(
        help: ArgumentHelp("The receiver; a cluster's has no project.", valueName: "project/name"),
        completion: .receivers
    )
    var receiver: ReceiverName

    @Option(
        help: ArgumentHelp(
            "What is pushed to: host and path of an image, a URL for azure-devops, namespace/name for dockerhub."
        )
    )
    var repository: String

    @Option(help: "The tag that is pushed.")
    var tag: String?

    @Option(
        help: ArgumentHelp(
            "The artifact's digest, for harbor (default: one that nobody has).",
            valueName: "algorithm:digits"
        )
    )
    var digest: String?

    @Option(help: "The branch that is pushed, for azure-devops.")
    var branch: String?

    @Option(help: ArgumentHelp("What has happened, for harbor.", valueName: "type"))
    var event = HarborEvent.push

    @Option(help: "The payload format, for harbor.")
    var format = PayloadFormat.default

    @Option(
        help: ArgumentHelp(
            "Where to post (default: the receiver's URL); the receiver's path is added where it has none."
        )
    )
    var url: String?

    @Option(name: .shortAndLong, help: "How to print the reply.")
    var output = Output.text

    func validate() throws {
        guard (tag == nil) != (branch == nil) || tag == nil && digest != nil else {
            throw ValidationError(
                "give --tag\(sender.isGit ? " or --branch" : sender == .harbor ? " or --digest" : "")"
            )
        }
        guard sender == .harbor || digest == nil && event == .push && format == .default else {
            throw ValidationError("--digest, --event and --format are for harbor alone")
        }
        if let digest, CatalogueObject(identifier: "project/name@\(digest)") == nil {
            throw ValidationError("--digest: give the algorithm and the digits, as in sha256:1f…")
        }
        guard branch == nil || sender.isGit else {
            throw ValidationError("--branch: only azure-devops has branches")
        }
        let parts = repository.split(separator: "/").count
        switch sender {
        case .harbor where parts < 3 || repository.contains("://"):
            throw ValidationError("--repository: give host/project/name, as in docker pull")
        case .azure where parts < 2 || repository.contains("://"):
            throw ValidationError("--repository: give host/name, as in docker pull")
        case .dockerHub where parts < 2 || repository.contains("://"):
            throw ValidationError("--repository: give namespace/name")
        case .azureDevOps where !repository.contains("://"):
            throw ValidationError("--repository: give the URL that git clone takes")
        default: break
        }
    }

    func run() throws {
        let base = try parsedURL()
        let receivers = try options.loadOrExit().loadSnapshotOrExit().receivers
        guard let found = receivers.first(where: { $0.title == receiver.title }) else {
            let titles = receivers.map(\.title).joined(separator: ", ")
            throw ValidationError("there is no receiver '\(receiver.title)': give one of \(titles)")
        }
        guard found.provider == sender.provider || found.provider == .catalogue && sender == .harbor else {
            throw ValidationError(
                "'\(found.title)' is a receiver of type \(found.provider.rawValue), not \(sender.provider.rawValue)"
            )
        }
        let post = Post(url: destination(base, found), headers: try headers(found), body: body)
        let reply = try self.reply(to: post, shown(post.url, found))
        try print(reply, to: shown(post.url, found))
        if !(200...299).contains(reply.status) { throw ExitCode(1) }
    }

    private func reply(to post: Post, _ url: String) throws -> Post.Reply {
        do throws(Post.Failure) {
            return try blocking { () async throws(Post.Failure) in try await post.send() }
        } catch {
            printError("webhook-fcgi: no reply from \(url): \(error)")
            throw ExitCode(1)
        }
    }

    private func parsedURL() throws -> BaseURL? {
        guard let url else { return nil }
        do throws(InvalidSetting) { return try BaseURL(url) } catch {
            throw ValidationError("--url: \(error)")
        }
    }

    private func destination(_ base: BaseURL?, _ receiver: Receiver) -> String {
        guard let base else { return receiver.url }
        return base.path == "/" ? base.origin + receiver.path : "\(base)"
    }

    /// A URL that is all that authenticates is a secret: its last part stays hidden.
    private func shown(_ url: String, _ receiver: Receiver) -> String {
        guard receiver.provider.handler.authentication == .url, let slash = url.lastIndex(of: "/") else {
            return url
        }
        return url[...slash] + "********"
    }

    private func headers(_ receiver: Receiver) throws -> [(name: String, value: String)] {
        let type = format == .cloudevents ? "application/cloudevents+json" : "application/json"
        let headers = [
            (name: "Content-Type", value: type), (name: "User-Agent", value: "webhook-fcgi/\(version)"),
        ]
        guard receiver.provider.handler.authentication == .header else { return headers }
        let secret = String(decoding: receiver.secret.bytes, as: UTF8.self)
        guard secret.unicodeScalars.allSatisfy({ !$0.isControl }) else {
            printError(
                "webhook-fcgi: the Secret of '\(receiver.title)' holds a line break, which no header can: mend the Secret"
            )
            throw ExitCode(1)
        }
        return headers + [(name: "Authorization", value: secret)]
    }

    private var body: String {
        let push = SamplePush(of: branch.map { .branch($0) } ?? .tag(tag ?? ""), to: repository)
        return switch sender {
        case .harbor:
            SampleHarborEvent(event, of: repository, tag: tag, digest: digest).body(format)
        case .azure: push.registryBody()
        case .azureDevOps: push.devOpsBody()
        case .dockerHub: push.dockerHubBody()
        }
    }

    private func print(_ reply: Post.Reply, to url: String) throws {
        switch output {
        case .text:
            try printOutput("POST    \(url)\nstatus  \(reply.status)\nreply   \(reply.body.visible)")
        case .json: try printOutput(Result(url: url, status: reply.status, reply: reply.body).json())
        }
    }

    private struct Result: Encodable {
        let url: String
        let status: Int
        let reply: String
    }
}
