// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Yams

/// What can be said of `deploy/kubernetes` without a cluster: above all its nginx.
@Suite(.serialized, .threadsOfTheirOwn) struct DeployTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            try DeployedManifest.configuration("webhook_fcgi_params"),
            to: "webhook_fcgi_params"
        )
    }

    @Test func `Every file is applied`() throws {
        #expect(try DeployedManifest.applied().sorted() == DeployedManifest.files().sorted())
    }

    /// Only then does Kustomize put another namespace into the binding, too.
    @Test func `The binding means the ServiceAccount where it is, with and without Kustomize`() throws {
        let account = try DeployedManifest("serviceaccount.yaml").node["metadata"]?["namespace"]?.string
        let subject = try DeployedManifest("clusterrolebinding.yaml").node["subjects"]?[0]?["namespace"]?
            .string
        #expect(account == DeployedManifest.namespace && subject == DeployedManifest.namespace)
        #expect(
            try DeployedManifest("kustomization.yaml").node["namespace"]?.string == DeployedManifest.namespace
        )
    }

    @Test func `The parameters are those of any other nginx`() throws {
        let parameters = try DeployedManifest.configuration("webhook_fcgi_params")
        #expect(try parameters == Checkout.read("nginx/webhook_fcgi_params"))
    }

    @Test func `What nginx answers by itself is what the example server answers`() throws {
        let example = try #require(try Checkout.read("nginx/webhook-fcgi.conf").split(at: "location @"))
        let deployed = try #require(try DeployedManifest.configuration("nginx.conf").split(at: "location @"))
        // The example goes into `http`, this one ends it.
        #expect(deployed == example + ["}"])
    }

    @Test func `nginx takes the configuration as it is`() throws {
        try folder.write(try config(port: try FreePort.find()), to: "nginx.conf")
        let test = try Nginx.test(folder)
        #expect(test.status == .exited(0), "\(test.errors)")
        #expect(!(test.errors + folder.read(Nginx.errorLog)).contains("[warn]"))
    }

    @Test func `A delivery to any receiver is handed to the responder`() throws {
        let setup = Setup()
        try folder.write(setup.config, to: "config.yaml")
        for (name, text) in setup.manifests { try folder.write(text, to: "manifests/\(name)") }
        let config = "\(folder.path)/config.yaml"
        let urls = try Command.webhookFCGI("receivers", "--output", "url", "--config", config).succeeded()
        let paths = urls.split(separator: "\n").map { $0.dropFirst("https://hooks.example.com".count) }
        let responder = try Responder(.listening, in: folder)
        defer { responder.end() }
        try withNginx { nginx in
            for path in paths {
                let reply = try nginx.exchange(
                    HTTPRequest(
                        path: String(path),
                        headers: [("Content-Type", "application/json")],
                        body: Array("[]".utf8)
                    )
                )
                #expect([400, 401].contains(reply.status), "\(path): \(reply)")
            }
            expect(try nginx.exchange(HTTPRequest(path: "/webhooks/other")), 404, notFound)
        }
    }

    @Test func `What is no delivery is refused in the responder's words`() throws {
        try withNginx { nginx in
            let get = try nginx.exchange(HTTPRequest(method: "GET", path: "/webhooks/harbor/0"))
            expect(get, 405, #"{"error":"method not allowed"}"#)
            #expect(get["Allow"] == "POST")
            expect(try nginx.exchange(HTTPRequest(path: "/other")), 404, notFound)
            let body = [UInt8](repeating: 0, count: 2_097_153)
            let large = try nginx.exchange(HTTPRequest(path: "/webhooks/harbor/0", body: body))
            expect(large, 413, #"{"error":"content exceeds limit of 2097152 bytes"}"#)
        }
    }

    @Test func `Without the responder a sender shall try again, and the kubelet is content`() throws {
        try withNginx { nginx in
            let reply = try nginx.exchange(HTTPRequest(path: "/webhooks/harbor/0", body: Array("{}".utf8)))
            expect(reply, 503)
            #expect(reply["Retry-After"] != nil)
            #expect(try nginx.exchange(HTTPRequest(method: "GET", path: "/healthz")).status == 200)
            #expect(try nginx.exchange(HTTPRequest(method: "GET", path: "/readyz")).status == 503)
        }
    }

    @Test func `No log holds a path`() throws {
        try withNginx { nginx in
            _ = try nginx.exchange(HTTPRequest(path: "/webhooks/harbor/zanzibar", body: Array("{}".utf8)))
            try eventually("there is an access log") { folder.read("access.log").contains(" 503 ") }
            for file in folder.files() where file != "nginx.conf" {
                #expect(!folder.read(file).contains("zanzibar"), "\(file)")
            }
        }
    }

    private let notFound = #"{"error":"not found"}"#

    private func withNginx(_ body: (Nginx) throws -> Void) throws {
        let nginx = try Nginx(in: folder) { try config(port: $0) }
        defer { nginx.end() }
        try body(nginx)
    }

    /// The ConfigMap's, with a test's own paths and port.
    private func config(port: UInt16) throws -> String {
        try Nginx.userOfThisProcess
            + DeployedManifest.configuration("nginx.conf").replacing([
                ("/tmp/", "\(folder.path)/"),
                ("/run/webhook-fcgi/webhook-fcgi.sock", "\(folder.path)/socket"),
                ("/dev/stdout", "\(folder.path)/access.log"),
                ("error_log stderr", "error_log \(Nginx.errorLog)"),
                ("listen 8080;", "listen 127.0.0.1:\(port);"),
            ])
    }
}

extension String {
    /// The lines from the first that holds `mark` on, without their indentation.
    fileprivate func split(at mark: String) -> [Substring]? {
        let lines = split(separator: "\n").map { $0.drop { $0 == " " } }
        return lines.firstIndex { $0.contains(mark) }.map { Array(lines[$0...]) }
    }
}
