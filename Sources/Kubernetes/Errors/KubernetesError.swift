// SPDX-License-Identifier: Apache-2.0

/// Why the Kubernetes API did not do what was asked.
package struct KubernetesError: Error, Sendable, CustomStringConvertible {
    /// Says what a caller should do.
    package enum Code: Sendable, Hashable {
        /// The object does not exist: forget it.
        case notFound
        /// The kind of object is not known to the API server, because its CRD is not installed: try later.
        case unknownResource
        /// The resource version or the page is too old: list again.
        case gone
        /// The credentials were refused, and still were after they had been read anew: try later.
        case unauthorized
        /// Try later, when somebody has granted it; without a rule it was not RBAC that forbade it.
        case forbidden(missing: AccessRule?)
        /// Somebody else changed the object at the same time: try again.
        case conflict
        /// The request itself is refused, and would be again.
        case rejected(status: Int)
        /// Try again, not before `retryAfter`.
        case tooManyRequests(retryAfter: Duration?)
        /// Try again, not before `retryAfter`.
        case serverError(status: Int, retryAfter: Duration?)
        /// No answer in time; the server may have done what was asked: try again.
        case timeout
        /// The connection could not be made, or broke: try again.
        case transport
        /// The server is not the one that the cluster's CA vouches for, or refuses ours: try later.
        case untrusted
        /// The answer is not what a Kubernetes API server says: try later.
        case invalidResponse
        /// A token, certificate or plugin gave no credentials: try later.
        case credentials
        /// The settings cannot work: they have to be changed.
        case configuration
        /// The task was cancelled.
        case cancelled
    }

    package let code: Code

    /// For the operator: what, which object or path, why, what to do.
    ///
    /// It holds no secret. A sender gets none of it.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// For anybody: names no object, no path and nothing that the API server said.
    package var summary: String {
        switch code {
        case .notFound: "the object does not exist"
        case .gone: "the resource version is too old"
        case .unauthorized, .forbidden, .credentials: "the Kubernetes API refuses access"
        case .conflict: "the object was changed at the same time"
        case .rejected: "the Kubernetes API refuses the request"
        case .tooManyRequests, .serverError, .unknownResource: "the Kubernetes API is not available"
        case .timeout: "the Kubernetes API did not answer in time"
        case .transport, .untrusted: "the Kubernetes API cannot be reached"
        case .invalidResponse: "the Kubernetes API gave an unexpected answer"
        case .configuration: "the access to Kubernetes is not configured correctly"
        case .cancelled: "the call was cancelled"
        }
    }

    /// How long the server asks to wait, if it does.
    package var retryAfter: Duration? {
        switch code {
        case .tooManyRequests(let retryAfter), .serverError(_, let retryAfter): retryAfter
        default: nil
        }
    }

    /// The same, with what was being done before it.
    func doing(_ what: String) -> KubernetesError { KubernetesError(code, "\(what): \(description)") }
}
