// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// `nginx/status.conf` as an operator installs it, before the responder of a site.
struct StatusServer {
    let nginx: Nginx
    private let folder: TemporaryFolder

    /// What everybody is asked for.
    static let password = "dW5ndWphOnBlbWJh"  // unguja:pemba

    /// The server for this machine, and with `isOpen` the location for others, too, at which requests are taken for those
    /// of the address in `X-Forwarded-For`.
    init(_ site: Site) throws {
        folder = try TemporaryFolder()
        try folder.write(try Checkout.read("nginx/webhook_fcgi_params"), to: "webhook_fcgi_params")
        try folder.write("unguja:{PLAIN}pemba\n", to: "htpasswd", mode: 0o644)
        let socket = "\(site.folder.path)/socket"
        let text = try Checkout.read("nginx/status.conf")
        let location = try Self.uncommented(text).replacing([
            ("/etc/nginx/webhook-fcgi.htpasswd", "\(folder.path)/htpasswd")
        ])
        nginx = try Nginx(in: folder) { port in
            // The server's own end, with the other location in it.
            let server = try text.replacing([
                ("listen 127.0.0.1:8081;", "listen 127.0.0.1:\(port);\n\(Self.forwarding)\n\(location)")
            ])
            return Nginx.frame("upstream webhook_fcgi { server unix:\(socket); }\n\(server)")
        }
    }

    func end() { nginx.end() }

    func get(
        _ path: String,
        method: String = "GET",
        from address: String? = nil,
        _ headers: [(name: String, value: String)] = []
    ) throws -> HTTPReply {
        let forwarded = address.map { [(name: "X-Forwarded-For", value: $0)] } ?? []
        return try exchange(HTTPRequest(method: method, path: path, headers: forwarded + headers))
    }

    /// Sends a form as a browser does.
    func post(
        _ path: String,
        form: String,
        from address: String? = nil,
        _ headers: [(name: String, value: String)] = []
    ) throws -> HTTPReply {
        let forwarded = address.map { [(name: "X-Forwarded-For", value: $0)] } ?? []
        let type = (name: "Content-Type", value: "application/x-www-form-urlencoded")
        return try exchange(
            HTTPRequest(path: path, headers: [type] + forwarded + headers, body: Array(form.utf8))
        )
    }

    /// By the address of this machine, as a browser on it asks.
    private func exchange(_ request: HTTPRequest) throws -> HTTPReply {
        var request = request
        request.host = "127.0.0.1:\(nginx.port)"
        return try nginx.exchange(request)
    }

    private static let forwarding = "set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"

    /// The example that is commented out.
    private static func uncommented(_ text: String) throws -> String {
        let lines = text.split(separator: "\n").drop { $0 != "# location /status/ {" }
        guard !lines.isEmpty else { throw Failure("no location in \(text)") }
        return lines.map { $0.dropFirst(2) }.joined(separator: "\n")
    }
}
