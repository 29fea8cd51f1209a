// SPDX-License-Identifier: Apache-2.0

extension Site {
    /// A genuine delivery to one of the sample's receivers.
    package func request(
        to receiver: String = "harbor-receiver",
        _ body: [UInt8] = Payload.harborPush()
    ) throws -> HTTPRequest {
        var headers = [("Content-Type", "application/json")]
        switch receiver {
        case "harbor-receiver": headers.append(("Authorization", Secrets.harbor))
        case "portal": headers.append(("Authorization", Secrets.portal))
        case "cluster-receiver": headers.append(("Authorization", Secrets.cluster))
        default: break
        }
        return HTTPRequest(path: try path(of: receiver), headers: headers, body: body)
    }

    /// One whose path follows from this value; where the header authenticates, it is this value, too.
    package func request(
        to receiver: String,
        secret: String,
        _ body: [UInt8] = Payload.harborPush()
    ) throws -> HTTPRequest {
        let row = try currentReceivers().first { $0.name == receiver }
        guard let row else { throw Failure("no receiver '\(receiver)'") }
        let text = "\(row.project)\(row.name)\(secret)"
        try folder.write(text, to: "hashed")
        let hash = try Command(["sha256sum", "\(folder.path)/hashed"]).succeeded().prefix(64)
        return HTTPRequest(
            path: "/webhooks/\(row.type)/\(hash)",
            headers: [("Content-Type", "application/json"), ("Authorization", secret)],
            body: body
        )
    }

    /// Delivers through nginx, on a connection of its own.
    package func deliver(
        _ body: [UInt8] = Payload.harborPush(),
        to receiver: String = "harbor-receiver"
    ) throws -> HTTPReply {
        try nginx.exchange(try request(to: receiver, body))
    }

    /// A genuine delivery as nginx would pass it on; `contentLength` is what it is said to have.
    package func fastCGIRequest(
        _ body: [UInt8] = Payload.harborPush(),
        contentLength: String? = nil,
        keepsConnection: Bool = false
    ) throws -> FastCGIRequest {
        FastCGIRequest(
            parameters: [
                "REQUEST_METHOD": "POST", "SCRIPT_NAME": try path(of: "harbor-receiver"),
                "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": contentLength ?? "\(body.count)",
                "HTTP_AUTHORIZATION": Secrets.harbor,
            ],
            body: body,
            keepsConnection: keepsConnection
        )
    }
}
