// SPDX-License-Identifier: Apache-2.0

internal import HTTP

/// Why Harbor did not say what is to be known; whatever it is, asking again later may help.
package struct HarborError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// It does not know the account.
        case unauthorized
        /// The account may not see this.
        case forbidden
        /// It has too much to do, or is out of order.
        case unavailable
        /// Nobody answers, or not in time.
        case unreachable
        /// The answer is none of Harbor's.
        case unexpected
        /// The settings cannot work: they have to be changed.
        case configuration
        /// The task was cancelled.
        case cancelled
    }

    package let code: Code

    /// For the operator: what was asked, why there is no answer, what to do.
    package let description: String

    /// How long Harbor asks to wait, if it does.
    package let retryAfter: Duration?

    init(_ code: Code, _ description: String, retryAfter: Duration? = nil) {
        self.code = code
        self.description = description
        self.retryAfter = retryAfter
    }

    init(_ error: HTTPError) {
        let code: Code =
            switch error.code {
            case .transport, .timeout: .unreachable
            case .tls, .configuration, .redirect: .configuration
            case .tooLarge: .unexpected
            case .cancelled: .cancelled
            }
        self.init(code, "\(error)")
    }

    /// What it means that Harbor answers `answer` to what is asked about `subject`, where nothing is known to be missing.
    init(_ answer: HTTPAnswer, about subject: String, at place: HTTPURL) {
        let what = "Harbor answers \(answer.status) to GET \(place)"
        switch answer.status {
        case 401:
            self.init(
                .unauthorized,
                "\(what): correct username and password in the Secret that credentialsRef names"
            )
        case 403:
            self.init(
                .forbidden,
                "\(what): let the account read \(subject), with its repositories and artifacts"
            )
        case 404:
            self.init(
                .unexpected,
                "\(what), and not because it is gone: check the URL, and that no proxy on the way decodes %252F"
            )
        case 408, 429, 500...599: self.init(.unavailable, what, retryAfter: answer.retryAfter)
        default: self.init(.unexpected, what, retryAfter: answer.retryAfter)
        }
    }
}
