// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import NIOPosix
internal import POSIX

/// A program that gives credentials (client.authentication.k8s.io ExecCredential), for example of a cloud.
package struct CredentialPlugin: Sendable {
    package let command: String
    let arguments: [String]

    /// Added to our own.
    let environment: [String: String]
    let version: Version

    /// Told to the program if it wants to know.
    let cluster: Cluster?

    /// How long it may run at most, however long those who wait for it have.
    let timeout: Duration

    package enum Version: String, Sendable, CaseIterable {
        case v1 = "client.authentication.k8s.io/v1"
        case v1beta1 = "client.authentication.k8s.io/v1beta1"
    }

    package init(
        command: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        version: Version = .v1,
        cluster: Cluster? = nil,
        timeout: Duration = .seconds(30)
    ) {
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.version = version
        self.cluster = cluster
        self.timeout = timeout
    }

    /// Runs the program, on a thread that may block.
    ///
    /// It is stopped when the task is cancelled.
    func run() async throws(KubernetesError) -> PluginCredentials {
        var environment = ProcessInfo.processInfo.environment.merging(self.environment) { _, own in own }
        environment["KUBERNETES_EXEC_INFO"] = String(decoding: try request, as: UTF8.self)
        let program = ChildProcess(path: command, arguments: arguments, environment: environment)
        let result: Result<ChildProcess.Outcome, SystemError>
        do {
            result = try await withTaskCancellationHandler {
                try await NIOThreadPool.singleton.runIfActive {
                    Result { () throws(SystemError) in try program.run(timeout: timeout, outputLimit: 1 << 20)
                    }
                }
            } onCancel: {
                program.stop.set()
            }
        } catch {
            throw KubernetesError(.cancelled, "the call was cancelled")
        }
        do throws(KubernetesError) { return try read(result) } catch {
            throw error.doing("the credential plugin '\(command)'")
        }
    }

    private func read(
        _ result: Result<ChildProcess.Outcome, SystemError>
    ) throws(KubernetesError) -> PluginCredentials {
        switch result {
        case .failure(let error): throw KubernetesError(.credentials, "\(error)")
        case .success(.timedOut):
            throw KubernetesError(.credentials, "it did not end in time and was stopped")
        case .success(.failed(let how, let words)):
            throw KubernetesError(.credentials, words.isEmpty ? how : "\(how): \(words)")
        case .success(.output(let output)): return try PluginCredentials(output: output, version: version)
        }
    }

    /// What `KUBERNETES_EXEC_INFO` says.
    private var request: [UInt8] {
        get throws(KubernetesError) {
            var information: Request.ClusterInformation?
            if let cluster {
                information = .init(
                    server: "https://\(cluster.server.host):\(cluster.server.port)\(cluster.server.path)",
                    certificateAuthority: try cluster.certificateAuthority.map {
                        authority throws(KubernetesError) in
                        Data(try authority.read())
                    },
                    tlsServerName: cluster.tlsServerName
                )
            }
            return try JSON.encode(
                Request(apiVersion: version.rawValue, spec: .init(interactive: false, cluster: information))
            )
        }
    }

    private struct Request: Encodable {
        var kind = "ExecCredential"
        let apiVersion: String
        let spec: Specification

        struct Specification: Encodable {
            let interactive: Bool
            let cluster: ClusterInformation?
        }

        struct ClusterInformation: Encodable {
            let server: String
            let certificateAuthority: Data?
            let tlsServerName: String?

            enum CodingKeys: String, CodingKey {
                case server
                case certificateAuthority = "certificate-authority-data"
                case tlsServerName = "tls-server-name"
            }
        }
    }
}
