// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTP
import TestSupport
import Testing

/// Whom a transport takes for the server.
@Suite struct HTTPTrustTests {
    @Test func `A server is believed when the file's authority vouches for it, and no other is`() async throws
    {
        let folder = try TemporaryFolder()
        try makeCertificates(in: folder)
        let cases: [(caFile: String?, server: String, code: HTTPError.Code?)] = [
            ("ca.crt", "server", nil), ("other.crt", "server", .tls), (nil, "server", .tls),
            // Vouched for, under another name.
            ("ca.crt", "named", .tls),
        ]
        for (caFile, name, code) in cases {
            let server = try await HTTPServer(
                certificate: ("\(folder.path)/\(name).crt", "\(folder.path)/\(name).key")
            ) { _ in [.reply(200, "yes")] }
            let transport = HTTPTransport(
                timeout: .seconds(300),
                caFile: caFile.map { "\(folder.path)/\($0)" }
            )
            let error = await error {
                _ = try await transport.answer(to: HTTPCall(.get, try HTTPURL(server.url)))
            }
            #expect(error?.code == code, "\(caFile ?? "the system's") \(name): \(error?.description ?? "")")
            #expect(server.requests.count == (code == nil ? 1 : 0))
            await transport.shutdown()
            try await server.stop()
        }
    }

    @Test(arguments: ["missing.pem", "empty.pem", "no.pem", "."])
    func `Without its authority no call is made, until the file is mended`(_ name: String) async throws {
        let folder = try TemporaryFolder(["empty.pem": "", "no.pem": "no certificate"])
        let server = try await HTTPServer { _ in [.reply(200)] }
        let transport = HTTPTransport(timeout: .seconds(300), caFile: "\(folder.path)/\(name)")
        let call = HTTPCall(.get, try HTTPURL(server.url))
        #expect(throws: HTTPError.self) { try transport.check() }
        let error = await error { _ = try await transport.answer(to: call) }
        #expect(error?.code == .configuration)
        #expect(error?.description.contains(folder.path) == true && server.requests.isEmpty)
        if name != "." {
            try makeCertificates(in: folder)
            try folder.write(folder.read("ca.crt"), to: name)
            try transport.check()
            _ = try await transport.answer(to: call)
        }
        await transport.shutdown()
        try await server.stop()
    }

    private func error(_ body: () async throws -> Void) async -> HTTPError? {
        do { try await body() } catch { return error as? HTTPError }
        return nil
    }

    /// An authority, a server on 127.0.0.1 and one elsewhere that it vouches for, and an authority that vouches for nobody.
    private func makeCertificates(in folder: TemporaryFolder) throws {
        let script = """
            set -eu; cd '\(folder.path)'
            for name in ca other server named; do openssl ecparam -name prime256v1 -genkey -noout -out $name.key; done
            for name in ca other; do openssl req -x509 -new -key $name.key -subj "/CN=$name" -days 2 -out $name.crt; done
            certificate() {
                echo "subjectAltName=$2" > extensions
                openssl req -new -key $1.key -subj /CN=$1 -out $1.csr
                openssl x509 -req -in $1.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile extensions \
                    -out $1.crt 2>/dev/null
            }
            certificate server IP:127.0.0.1
            certificate named DNS:elsewhere.test
            """
        let command = try Command(["/bin/sh", "-c", script])
        guard command.status == .exited(0) else { throw Failure("no certificates: \(command)") }
    }
}
