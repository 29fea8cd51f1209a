// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import Foundation
import Kubernetes
import NIOCore
import NIOHTTP1
import NIOSSL
import TestSupport

/// A real kube-apiserver with an etcd of its own, RBAC on, and the CRDs of Kargo.
///
/// Tests that share it run one after the other. It is administered without the client that is under test.
actor APIServer {
    private static let starting = Task(executorPreference: ThreadsOfTheirOwn.executor) {
        try await APIServer()
    }

    /// Started by the first that asks; ends with the tests.
    static var shared: APIServer { get async throws { try await starting.value } }

    nonisolated let port: Int
    private let etcdPort: Int
    private let folder: String
    private let programs: String
    private let etcd: ServerProcess
    private var server: ServerProcess
    private var isAway = false

    /// For the system's administrators, for one who may do nothing, and for one who may do what a test grants.
    enum Token: String {
        case admin = "token-of-admin"
        case nobody = "token-of-nobody"
        case limited = "token-of-limited"
    }

    private init() async throws {
        programs = try Scripts.run("\(Scripts.folder)/../kube-apiserver.sh")
        let ports = try (0..<3).map { _ in Int(try FreePort.find()) }
        (port, etcdPort) = (ports[0], ports[1])
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("webhook-fcgi-api-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        folder = url.path
        try """
        \(Token.admin.rawValue),admin,1,"system:masters"
        \(Token.nobody.rawValue),nobody,2
        \(Token.limited.rawValue),limited,3
        """.write(toFile: "\(folder)/tokens.csv", atomically: true, encoding: .utf8)
        let peer = "http://127.0.0.1:\(ports[2])"
        etcd = try ServerProcess(
            "\(programs)/etcd",
            [
                "--data-dir=\(folder)/etcd", "--listen-client-urls=http://127.0.0.1:\(etcdPort)",
                "--advertise-client-urls=http://127.0.0.1:\(etcdPort)", "--listen-peer-urls=\(peer)",
                "--initial-advertise-peer-urls=\(peer)", "--initial-cluster=default=\(peer)",
            ],
            name: "etcd",
            in: folder,
            removesFolder: true
        )
        server = try Self.start(programs, folder, port: port, etcdPort: etcdPort)
        try await waitUntilReady()
        for name in ["projectconfigs", "clusterconfigs", "warehouses"] {
            try await create(
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                fixture("\(name).json")
            )
        }
        for name in ["projectconfigs", "clusterconfigs", "warehouses"] {
            try await wait {
                try await self.send("GET", "/apis/kargo.akuity.io/v1alpha1/\(name)").status == 200
            }
        }
    }

    private static func start(
        _ programs: String,
        _ folder: String,
        port: Int,
        etcdPort: Int
    ) throws -> ServerProcess {
        try ServerProcess(
            "\(programs)/kube-apiserver",
            [
                "--etcd-servers=http://127.0.0.1:\(etcdPort)", "--bind-address=127.0.0.1",
                "--secure-port=\(port)",
                "--tls-cert-file=\(try Certificates.path("server.crt"))",
                "--tls-private-key-file=\(try Certificates.path("server.key"))",
                "--client-ca-file=\(try Certificates.path("ca.crt"))",
                "--token-auth-file=\(folder)/tokens.csv",
                "--authorization-mode=RBAC", "--disable-admission-plugins=ServiceAccount",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=\(try Certificates.path("service-account.key"))",
                "--service-account-signing-key-file=\(try Certificates.path("service-account.key"))",
                "--cert-dir=\(folder)/certificates",
            ],
            name: "kube-apiserver",
            in: folder,
            removesFolder: false
        )
    }

    func kill() throws {
        try server.kill()
        isAway = true
    }

    /// Starts it again if it was killed.
    func restart() async throws {
        guard isAway else { return }
        isAway = false
        server = try Self.start(programs, folder, port: port, etcdPort: etcdPort)
        try await waitUntilReady()
    }

    /// Makes etcd forget what was before `revision`, which is what a resource version is.
    func compact(to revision: String) async throws {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(etcdPort)/v3/kv/compaction")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: #"{"revision":"\#(revision)","physical":true}"#))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        guard response.status == .ok else {
            throw Refused(status: Int(response.status.code), body: "compaction")
        }
    }

    private func waitUntilReady() async throws {
        do {
            try await wait {
                guard server.isRunning, etcd.isRunning else { throw CancellationError() }
                return try await self.send("GET", "/readyz").status == 200
            }
        } catch {
            throw Failed(log: server.lastWords + "\n" + etcd.lastWords)
        }
    }

    private func wait(_ isTrue: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(180)
        while ContinuousClock.now < deadline {
            do { if try await isTrue() { return } } catch let error as CancellationError { throw error } catch
            {}
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failed(log: "not in time")
    }

    struct Refused: Error {
        let status: Int
        let body: String
    }

    struct Failed: Error { let log: String }
}

extension APIServer {
    /// How the client under test comes here.
    nonisolated func access(_ token: Token = .admin) throws -> ClusterAccess {
        try access(Credentials(token: .text(Confidential(token.rawValue))))
    }

    nonisolated func access(_ credentials: Credentials, authority: String = "ca.crt") throws -> ClusterAccess
    {
        ClusterAccess(cluster: try cluster(authority: authority), credentials: credentials)
    }

    nonisolated func cluster(authority: String = "ca.crt") throws -> Cluster {
        Cluster(
            server: ServerAddress(host: "127.0.0.1", port: port),
            certificateAuthority: .file(try Certificates.path(authority))
        )
    }

    /// As the administrator: makes an object.
    nonisolated func create(_ path: String, _ yaml: String) async throws {
        let reply = try await send("POST", path, yaml)
        guard (200...299).contains(reply.status) else {
            throw Refused(status: reply.status, body: reply.body)
        }
    }

    /// Runs `body` with the server killed; it is back afterwards, if not before, whatever happens.
    nonisolated func whileAway(_ body: () async throws -> Void) async throws {
        try await kill()
        do { try await body() } catch {
            try await restart()
            throw error
        }
        try await restart()
    }

    /// Grants ``Token/limited`` to patch Warehouses in `namespace`, and nothing else.
    nonisolated func allowPatching(in namespace: String) async throws {
        let roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/\(namespace)"
        let rule = #"{"apiGroups":["kargo.akuity.io"],"resources":["warehouses"],"verbs":["patch"]}"#
        try await create("\(roles)/roles", #"{"metadata":{"name":"r"},"rules":[\#(rule)]}"#)
        try await create(
            "\(roles)/rolebindings",
            """
            {"metadata":{"name":"r"},"subjects":[{"kind":"User","name":"limited"}],
             "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"}}
            """
        )
    }

    /// Makes an object, or changes it to what `yaml` says.
    nonisolated func apply(_ path: String, _ yaml: String) async throws {
        try await patch("\(path)?fieldManager=test&force=true", yaml, "application/apply-patch+yaml")
    }

    nonisolated func mergePatch(_ path: String, _ json: String) async throws {
        try await patch(path, json, "application/merge-patch+json")
    }

    private nonisolated func patch(_ path: String, _ body: String, _ contentType: String) async throws {
        let reply = try await send("PATCH", path, body, contentType: contentType)
        guard (200...299).contains(reply.status) else {
            throw Refused(status: reply.status, body: reply.body)
        }
    }

    nonisolated func delete(_ path: String) async throws {
        let reply = try await send("DELETE", path)
        guard (200...299).contains(reply.status) else {
            throw Refused(status: reply.status, body: reply.body)
        }
    }

    /// As the administrator or with another's token; the body is YAML, of which JSON is a part.
    nonisolated func send(
        _ method: String,
        _ path: String,
        _ yaml: String? = nil,
        token: String = Token.admin.rawValue,
        contentType: String = "application/yaml"
    ) async throws -> (status: Int, body: String) {
        var request = HTTPClientRequest(url: "https://127.0.0.1:\(port)\(path)")
        request.method = HTTPMethod(rawValue: method)
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Content-Type", value: contentType)
        if let yaml { request.body = .bytes(ByteBuffer(string: yaml)) }
        request.tlsConfiguration = try Self.tls.get()
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 24)
        return (Int(response.status.code), String(buffer: body))
    }

    /// One value, so that connections are shared.
    private static let tls = Result {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(try Certificates.path("ca.crt"))
        return configuration
    }
}

/// The text of a file under Fixtures.
func fixture(_ name: String) throws -> String {
    try String(contentsOfFile: "\(Scripts.folder)/../Fixtures/\(name)", encoding: .utf8)
}
