// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kubernetes
import TestSupport
import Testing

@Suite struct KubeconfigTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [
        ("", "no kubeconfig"), ("[", "no kubeconfig"), ("- a", "no kubeconfig"), ("{}", "no current context"),
        ("current-context: x", "no context 'x'"), ("current-context: [x]", "current-context must be text"),
        ("current-context: c\ncontexts: x", "contexts must be a list"),
        ("current-context: c\ncontexts: [{name: c}]", "needs a cluster and a user"),
        ("current-context: c\ncontexts: [{name: c, context: {cluster: c}}]", "needs a cluster and a user"),
        (config(cluster: nil), "no cluster 'c'"), (config(cluster: "{}"), "has no server"),
        (config(user: nil), "no user 'u'"),
        (config(cluster: "{server: 'http://127.0.0.1:1'}"), "not reached through TLS"),
        (config(cluster: "{server: 'https://'}"), "no URL"),
        (config(cluster: "{server: localhost}"), "no URL"),
        (config(cluster: "{server: 'https://a:secret-1@h'}"), "more than host, port and path"),
        (config(cluster: "{server: 'https://h', insecure-skip-tls-verify: true}"), "always verified"),
        (config(cluster: "{server: 'https://h', insecure-skip-tls-verify: maybe}"), "must be true or false"),
        (
            config(cluster: "{server: 'https://h', proxy-url: 'http://p'}"),
            "proxy-url, which is not supported"
        ),
        (config(cluster: "{server: 'https://h', certificate-authority-data: '%'}"), "is not base64"),
        (
            config(cluster: "{server: 'https://h', certificate-authority-data: bm9uZQ==}"),
            "no certificate in PEM"
        ),
        (
            config(cluster: "{server: 'https://h', certificate-authority: missing.crt}"),
            "missing.crt': No such file"
        ),
        (config(cluster: "{server: 'https://h', certificate-authority: .}"), "is no file"),
        (config(user: "{token: [secret-1]}"), "token must be text"),
        (config(user: "{username: a, password: secret-1}"), "password, which is not supported: use a token"),
        (config(user: "{auth-provider: {name: gcp}}"), "auth-provider, which is not supported: use exec"),
        (config(user: "{as: root, token: secret-1}"), "as, which is not supported"),
        (
            config(user: "{client-certificate-data: c2VjcmV0LTE=}"),
            "both a client-certificate and a client-key"
        ),
        (
            config(user: "{client-certificate-data: c2VjcmV0LTE=, client-key-data: c2VjcmV0LTE=}"),
            "no certificate in PEM"
        ),
        (config(user: "{exec: {apiVersion: client.authentication.k8s.io/v1}}"), "no command"),
        (
            config(user: "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}}"),
            "apiVersion"
        ),
        (
            config(
                user:
                    "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}}"
            ),
            "nobody is there"
        ),
        (
            config(user: "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1, args: [[a]]}}"),
            "list of text"
        ),
        (
            config(
                user:
                    "{exec: {command: x, apiVersion: client.authentication.k8s.io/v1, env: [{value: secret-1}]}}"
            ), "no name"
        ),
    ])
    func `A kubeconfig that cannot work says why`(_ text: String, _ words: String) throws {
        let path = try folder.write(text, to: "config")
        let error = try #require(throws: KubernetesError.self) {
            _ = try KubernetesClient(.kubeconfig([path]))
        }
        #expect(error.description.contains(words), "\(error)")
        #expect(!error.description.contains("secret-1") && !error.description.contains("c2VjcmV0LTE"))
        #expect(error.code == .configuration || error.code == .credentials)
    }

    @Test func `A file that does not exist is an error where it is named, and passed over in a list`() throws
    {
        let path = try folder.write(config(), to: "config")
        let missing = "\(folder.path)/missing"
        #expect(throws: KubernetesError.self) {
            try ClusterAccess.discover(kubeconfig: missing, environment: [:])
        }
        let access = try ClusterAccess.discover(environment: ["KUBECONFIG": "\(missing):\(path)"])
        #expect(access.cluster.server == ServerAddress(host: "h", port: 443))
        #expect(throws: KubernetesError.self) {
            try ClusterAccess.discover(environment: ["KUBECONFIG": missing])
        }
    }

    @Test func `Of several files the first that knows a name holds, and paths start at their file's folder`()
        throws
    {
        let first = try folder.write(
            """
            current-context: two
            clusters: [{name: c, cluster: {server: 'https://first:1/prefix/', certificate-authority: ca.crt}}]
            """,
            to: "first"
        )
        let second = try folder.write(
            """
            current-context: c
            contexts:
            - {name: c, context: {cluster: c, user: u}}
            - {name: two, context: {cluster: c, user: u, namespace: n}}
            clusters: [{name: c, cluster: {server: 'https://second'}}]
            users: [{name: u, user: {tokenFile: token, token: ignored}}]
            """,
            to: "second"
        )
        let access = try ClusterAccess.discover(environment: ["KUBECONFIG": "\(first):\(second)"])
        #expect(access.cluster.server == ServerAddress(host: "first", port: 1, path: "/prefix"))
        #expect(access.namespace == "n")
        guard case .file(let authority) = access.cluster.certificateAuthority,
            case .file(let token) = access.credentials.token
        else {
            Issue.record("\(access)")
            return
        }
        #expect(authority == "\(folder.path)/ca.crt" && token == "\(folder.path)/token")
        #expect(try ClusterAccess.kubeconfig([first, second], context: "c").namespace == "default")
    }

    @Test func `Settings come before the environment, a kubeconfig before the pod, the pod before the home`()
        throws
    {
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/.kube",
            withIntermediateDirectories: true
        )
        try folder.write(config(cluster: "{server: 'https://home'}"), to: ".kube/config")
        let named = try folder.write(config(cluster: "{server: 'https://named'}"), to: "named")
        let listed = try folder.write(config(cluster: "{server: 'https://listed'}"), to: "listed")
        let environment = ["HOME": folder.path, "KUBECONFIG": listed]
        func host(_ kubeconfig: String?, _ environment: [String: String]) throws -> String {
            try ClusterAccess.discover(kubeconfig: kubeconfig, environment: environment).cluster.server.host
        }
        #expect(try host(named, environment) == "named")
        #expect(try host(nil, environment) == "listed")
        #expect(try host(nil, ["HOME": folder.path]) == "home")
        #expect(throws: KubernetesError.self) { try host(nil, [:]) }
    }

    @Test func `What is secret is not printed`() throws {
        let path = try folder.write(config(user: "{token: secret-1}"), to: "config")
        let access = try ClusterAccess.kubeconfig([path])
        var dumped = ""
        dump(access, to: &dumped)
        for text in ["\(access)", String(reflecting: access), dumped] { #expect(!text.contains("secret-1")) }
        #expect("\(Confidential("secret-1"))" == "<redacted>")
    }

    @Test(arguments: [
        ("https://h", "h", 443, ""), ("https://h:6443/", "h", 6443, ""), ("HTTPS://h", "h", 443, ""),
        ("https://[::1]:6443", "::1", 6443, ""),
        ("https://g/k8s/clusters/c-1", "g", 443, "/k8s/clusters/c-1"),
    ])
    func `A server's address is read`(_ text: String, _ host: String, _ port: Int, _ path: String) throws {
        #expect(try ServerAddress(text) == ServerAddress(host: host, port: port, path: path))
    }
}

private func config(cluster: String? = "{server: 'https://h'}", user: String? = "{token: t}") -> String {
    """
    current-context: c
    contexts: [{name: c, context: {cluster: c, user: u}}]
    clusters: [\(cluster.map { "{name: c, cluster: \($0)}" } ?? "")]
    users: [\(user.map { "{name: u, user: \($0)}" } ?? "")]
    """
}
