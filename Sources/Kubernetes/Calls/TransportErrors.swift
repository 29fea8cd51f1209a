// SPDX-License-Identifier: Apache-2.0

internal import HTTP

/// Turns what the HTTP client and the layers below it throw into this room's error.
func transportErrors<Value>(_ body: () async throws -> Value) async throws(KubernetesError) -> Value {
    do { return try await body() } catch { throw KubernetesError(transport: error) }
}

extension KubernetesError {
    /// Of an unknown error nothing but its type is said: it might hold a header's value.
    init(transport error: any Error) {
        if let error = error as? KubernetesError {
            self = error
            return
        }
        let failure = TransportFailure(error, of: "the API server")
        switch failure.code {
        case .transport, .configuration: self.init(.transport, failure.reason)
        case .timeout: self.init(.timeout, failure.reason)
        case .tooLarge, .redirect: self.init(.invalidResponse, failure.reason)
        case .tls: self.init(.untrusted, failure.reason + tlsAdvice)
        case .cancelled: self.init(.cancelled, failure.reason)
        }
    }
}

private let tlsAdvice =
    ": check the cluster's certificate authority, its server name and our client certificate"
