// SPDX-License-Identifier: Apache-2.0

/// A request, as a value.
package struct HTTPCall: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package var method: Method
    package var url: HTTPURL

    /// In order; `User-Agent` is added where it is missing, and what the body's length asks for.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]?

    package init(
        _ method: Method,
        _ url: HTTPURL,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// For errors: no query, header or body.
    var place: String { "\(method.rawValue) \(url)" }
}
