// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import POSIX

/// What a plugin wrote to its standard output.
struct PluginCredentials: Sendable {
    let token: Confidential?
    let certificate: Credentials.ClientCertificate?

    /// Nil when it holds until it is refused.
    let expiresAt: Timestamp?

    /// No error quotes `output`.
    init(output: [UInt8], version: CredentialPlugin.Version) throws(KubernetesError) {
        let reply: Reply
        do { reply = try JSONDecoder().decode(Reply.self, from: Data(output)) } catch {
            throw KubernetesError(.credentials, "what it wrote is no ExecCredential in JSON")
        }
        guard reply.kind == "ExecCredential", reply.apiVersion == version.rawValue else {
            throw KubernetesError(.credentials, "what it wrote is no ExecCredential of \(version.rawValue)")
        }
        let status = reply.status
        token = (status?.token).flatMap { $0.isEmpty ? nil : Confidential($0) }
        switch (status?.clientCertificateData, status?.clientKeyData) {
        case (let chain?, let key?):
            certificate = .init(chain: .data(Confidential(chain)), key: .data(Confidential(key)))
        case (nil, nil): certificate = nil
        default: throw KubernetesError(.credentials, "it gave a certificate without its key, or a key alone")
        }
        guard token != nil || certificate != nil else {
            throw KubernetesError(.credentials, "it gave neither a token nor a certificate")
        }
        expiresAt = try status?.expirationTimestamp.map { text throws(KubernetesError) in
            guard let time = Timestamp(rfc3339: text) else {
                throw KubernetesError(
                    .credentials,
                    "its expirationTimestamp is no time as RFC 3339 writes it"
                )
            }
            return time
        }
    }

    private struct Reply: Decodable {
        let kind: String?
        let apiVersion: String?
        let status: Status?

        struct Status: Decodable {
            let token: String?
            let clientCertificateData: String?
            let clientKeyData: String?
            let expirationTimestamp: String?
        }
    }
}

extension Timestamp {
    /// Reads a time with any offset; of a fraction of a second nothing is kept.
    init?(rfc3339 text: String) {
        var text = text
        if let dot = text.firstIndex(of: ".") {
            let end = text[dot...].dropFirst().firstIndex { !("0"..."9").contains($0) } ?? text.endIndex
            text.removeSubrange(dot..<end)
        }
        guard let date = try? Date(text, strategy: .iso8601) else { return nil }
        self.init(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000)
    }
}
