// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// `nginx/webhook-fcgi.conf` as an operator installs it, with paths, port and certificate of a test.
struct ExampleServer {
    let folder: TemporaryFolder

    /// Writes manifests, settings, a certificate, the parameters, and the locations that the program prints.
    init() throws {
        folder = try TemporaryFolder()
        try folder.write(Setup().config, to: "config.yaml")
        for (name, text) in Manifests.sample { try folder.write(text, to: "manifests/\(name)") }
        try folder.write(try Checkout.read("nginx/webhook_fcgi_params"), to: "webhook_fcgi_params")
        let locations = try Command.webhookFCGI("nginx", "--config", "\(folder.path)/config.yaml").succeeded()
        try folder.write(locations, to: "locations.conf")
        let certificate = ["-keyout", "\(folder.path)/key.pem", "-out", "\(folder.path)/certificate.pem"]
        let name = ["-subj", "/CN=hooks.example.com", "-addext", "subjectAltName=DNS:hooks.example.com"]
        _ = try Command(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"] + certificate + name
        )
        .succeeded()
    }

    var socket: String { "\(folder.path)/socket" }

    /// The example, with everything that stands for something replaced by it.
    func config(port: UInt16) throws -> String {
        let text = try Checkout.read("nginx/webhook-fcgi.conf").replacing([
            ("/run/webhook-fcgi/webhook-fcgi.sock", socket),
            ("/etc/ssl/certs/hooks.example.com.pem", "\(folder.path)/certificate.pem"),
            ("/etc/ssl/private/hooks.example.com.key", "\(folder.path)/key.pem"),
            ("/var/log/nginx/", "\(folder.path)/"),
            ("listen 443 ssl;", "listen 127.0.0.1:\(port) ssl;"),
            ("listen [::]:443 ssl;", ""),
        ])
        return Nginx.frame(text)
    }

    /// The reply to what curl sends, with TLS and the certificate checked.
    func curl(port: UInt16, path: String, _ arguments: [String]) throws -> HTTPReply {
        let host = "hooks.example.com:\(port)"
        let tls = [
            "--cacert", "\(folder.path)/certificate.pem", "--resolve", "\(host):127.0.0.1", "-H", "Expect:",
        ]
        let command =
            ["curl", "-sS", "-i", "--max-time", "30"] + tls + arguments + ["https://\(host)\(path)"]
        let output = try Command(command).succeeded()
        guard let end = output.firstRange(of: "\r\n\r\n") else { throw Failure("no reply: \(output)") }
        var reply = try HTTPReply(head: String(output[..<end.lowerBound]))
        reply.body = String(output[end.upperBound...])
        return reply
    }
}
