// SPDX-License-Identifier: Apache-2.0

/// A request read to its end.
package struct Request: Sendable {
    package let parameters: Parameters
    package let body: Body

    package init(parameters: Parameters, body: Body) {
        self.parameters = parameters
        self.body = body
    }

    /// libfcgi does not mind a body that is cut short, so its length is compared with what was announced.
    package enum Body: Sendable, Equatable {
        case complete([UInt8])

        /// More than ``Responder/bodyLimit``; what came was read and dropped.
        case tooLarge

        /// `CONTENT_LENGTH` says one thing, what came another.
        case mismatched(announced: String, received: Int)
    }
}
