// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension IntegrationTests {
    /// The files in `nginx/` and what `webhook-fcgi nginx` prints, as nginx itself sees them.
    @Suite struct NginxTests {
        private func expectValid(_ folder: TemporaryFolder) throws {
            let test = try Nginx.test(folder)
            #expect(test.status == .exited(0), "\(test.errors)")
            #expect(!(test.errors + folder.read(Nginx.errorLog)).contains("[warn]"))
        }

        @Test func `The example server is valid with the locations that the program prints`() throws {
            let example = try ExampleServer()
            try example.folder.write(try example.config(port: try FreePort.find()), to: "nginx.conf")
            try expectValid(example.folder)
        }

        @Test func `The example server is valid with the example's locations`() throws {
            let example = try ExampleServer()
            try example.folder.write(try Checkout.read("nginx/locations.conf"), to: "locations.conf")
            try example.folder.write(try example.config(port: try FreePort.find()), to: "nginx.conf")
            try expectValid(example.folder)
        }

        @Test func `The parameters are valid in a location of one's own`() throws {
            let folder = try TemporaryFolder()
            try folder.write(try Checkout.read("nginx/webhook_fcgi_params"), to: "webhook_fcgi_params")
            let location =
                "location / { include webhook_fcgi_params; fastcgi_pass unix:\(folder.path)/socket; }"
            let server = "server { listen 127.0.0.1:\(try FreePort.find()); \(location) }"
            try folder.write(Nginx.frame(server), to: "nginx.conf")
            try expectValid(folder)
        }

        @Test(arguments: ["unix:/run/webhook-fcgi.sock", "127.0.0.1:9000", "[::1]:9000"])
        func `The locations are valid by themselves where they name the address`(_ address: String) throws {
            let example = try ExampleServer()
            let locations = try Command.webhookFCGI(
                "nginx",
                "--config",
                "\(example.folder.path)/config.yaml",
                "--fastcgi-pass",
                address
            )
            .succeeded()
            #expect(locations.count(of: "location = /webhooks/") == 4)
            #expect(locations.count(of: "fastcgi_pass \(address);") == 4)
            try example.folder.write(locations, to: "locations.conf")
            let server = "server { listen 127.0.0.1:\(try FreePort.find()); include locations.conf; }"
            try example.folder.write(Nginx.frame(server), to: "nginx.conf")
            try expectValid(example.folder)
        }

        @Test(arguments: ["", "a;b", "a b", "{", "$host"])
        func `An address that could end its directive is refused`(_ address: String) throws {
            let command = try Command.webhookFCGI("nginx", "--config", "none", "--fastcgi-pass", address)
            #expect(command.status == .exited(64))
        }

        @Test func `The example's location is what the program prints for the example's manifests`() throws {
            let printed = try Command.webhookFCGI(
                "nginx",
                "--config",
                "\(Checkout.path)/Examples/config.yaml"
            )
            let example = try Checkout.read("nginx/locations.conf").split(separator: "\n\n").last
            let location = try #require(example).split(separator: "\n").joined(separator: "\n")
            #expect(try printed.succeeded().contains(location))
        }

        @Test func `Through the example server a delivery over TLS is answered by the responder`() throws {
            try withServer { example, nginx, path in
                let body = String(decoding: Payload.harborPush(), as: UTF8.self)
                let authorization = ["-H", "Authorization: \(Secrets.harbor)"]
                let reply = try example.curl(
                    port: nginx.port,
                    path: path,
                    authorization + ["--data-binary", body]
                )
                expect(reply, 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test(arguments: ["GET", "PUT", "DELETE"])
        func `The example server allows only POST, in the responder's words`(_ method: String) throws {
            try withServer { example, nginx, path in
                let reply = try example.curl(port: nginx.port, path: path, ["-X", method])
                expect(reply, 405, #"{"error":"method not allowed"}"#)
                #expect(reply["Allow"] == "POST")
            }
        }

        @Test func `The example server finds nothing elsewhere, in the responder's words`() throws {
            try withServer { example, nginx, path in
                let reply = try example.curl(port: nginx.port, path: "\(path)0", ["--data", "{}"])
                expect(reply, 404, #"{"error":"not found"}"#)
            }
        }

        @Test(arguments: [false, true])
        func `The example server refuses a body over the limit, in the responder's words`(
            _ isChunked: Bool
        ) throws {
            try withServer { example, nginx, path in
                let body = String(repeating: " ", count: 2_097_153)
                try example.folder.write(body, to: "payload")
                let chunked = isChunked ? ["-H", "Transfer-Encoding: chunked"] : []
                let arguments = chunked + ["--data-binary", "@\(example.folder.path)/payload"]
                let reply = try example.curl(port: nginx.port, path: path, arguments)
                expect(reply, 413, #"{"error":"content exceeds limit of 2097152 bytes"}"#)
            }
        }

        @Test func `Without a responder the example server asks to try again later`() throws {
            try withServer(hasResponder: false) { example, nginx, path in
                let reply = try example.curl(port: nginx.port, path: path, ["--data", "{}"])
                expect(reply, 503)
                #expect(reply["Retry-After"] != nil)
            }
        }

        @Test func `The example server's access log holds no path`() throws {
            try withServer { example, nginx, path in
                _ = try example.curl(port: nginx.port, path: path, ["--data", "{}"])
                var log = ""
                try eventually("there is an access log") {
                    log = example.folder.read("webhook-fcgi.access.log")
                    return log.contains("\n")
                }
                #expect(!log.contains("/webhooks"))
            }
        }

        /// The example server for as long as `body` runs, and the path of the sample's Harbor receiver.
        private func withServer(
            hasResponder: Bool = true,
            _ body: (ExampleServer, Nginx, _ path: String) throws -> Void
        ) throws {
            let example = try ExampleServer()
            let responder = hasResponder ? try Responder(.listening, in: example.folder) : nil
            defer { responder?.end() }
            let nginx = try Nginx(in: example.folder) { try example.config(port: $0) }
            defer { nginx.end() }
            let config = "\(example.folder.path)/config.yaml"
            let urls = try Command.webhookFCGI("receivers", "--output", "url", "--config", config).succeeded()
            let url = urls.split(separator: "\n").last { $0.contains("/harbor/") }
            let path = try #require(url).dropFirst("https://hooks.example.com".count)
            try body(example, nginx, String(path))
        }
    }
}
