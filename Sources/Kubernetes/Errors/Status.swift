// SPDX-License-Identifier: Apache-2.0

internal import POSIX

/// The object with which an API server says that it did not do what was asked (meta/v1 Status).
struct Status: Decodable {
    let code: Int?
    let reason: String?
    let message: String?
    let details: Details?

    struct Details: Decodable {
        let name: String?
        let retryAfterSeconds: Int?
    }

    /// What to say when there is no such object in the reply, which a proxy may have written.
    static let none = Status(code: nil, reason: nil, message: nil, details: nil)

    /// The server's own words on one line, which may be long and hold what others wrote.
    private var words: String {
        let words = (message ?? "").split { $0.isNewline }.joined(separator: " ")
        return words.isEmpty ? "it does not say why" : String(words.prefix(500))
    }
}

extension Status {
    /// The error for a reply with the HTTP status `status`.
    ///
    /// `retryAfter` is the header's value in seconds.
    func error(status: Int, retryAfter: Int?, for call: Call) -> KubernetesError {
        let seconds = retryAfter ?? details?.retryAfterSeconds
        let wait = seconds.flatMap { $0 > 0 ? min(.seconds($0), BackOff.longestRequest) : nil }
        return error(status: status, retryAfter: wait, rule: call.rule, name: call.name)
    }

    /// The error for an event of type ERROR in a watch.
    var watchError: KubernetesError { error(status: code ?? 500, retryAfter: nil, rule: nil, name: nil) }

    private func error(
        status: Int,
        retryAfter: Duration?,
        rule: AccessRule?,
        name: String?
    ) -> KubernetesError {
        switch status {
        case 401:
            KubernetesError(
                .unauthorized,
                "the API server does not accept the credentials (401: \(words)), check that they have not expired"
            )
        case 403: forbidden(rule)
        case 404 where name != nil && details?.name == name:
            KubernetesError(.notFound, "it does not exist")
        case 404:
            KubernetesError(
                .unknownResource,
                "the API server does not know this kind of object (404: \(words)), install its CRD"
            )
        case 408: KubernetesError(.timeout, "the API server gave up waiting (408: \(words))")
        case 409: KubernetesError(.conflict, "it was changed at the same time (409: \(words))")
        case 410: KubernetesError(.gone, "the resource version is too old (410: \(words))")
        case 429:
            KubernetesError(
                .tooManyRequests(retryAfter: retryAfter),
                "the API server asks for fewer requests (429: \(words))"
            )
        case 500...599:
            KubernetesError(
                .serverError(status: status, retryAfter: retryAfter),
                "the API server failed (\(status): \(words))"
            )
        case 400...499:
            KubernetesError(
                .rejected(status: status),
                "the API server refuses the request (\(status): \(words))"
            )
        default:
            KubernetesError(.invalidResponse, "the server answers with status \(status), check its address")
        }
    }

    /// RBAC says "cannot patch resource"; an admission webhook forbids in words of its own.
    private func forbidden(_ rule: AccessRule?) -> KubernetesError {
        guard let rule, message?.contains("cannot \(rule.verb) resource") == true else {
            return KubernetesError(.forbidden(missing: nil), "the API server forbids it (403: \(words))")
        }
        return KubernetesError(
            .forbidden(missing: rule),
            "the API server forbids it (403: \(words)), grant this rule: \(rule)"
        )
    }
}
