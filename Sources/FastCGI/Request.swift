// SPDX-License-Identifier: Apache-2.0

/// A request read to its end.
package struct Request: Sendable {
    package let parameters: Parameters
    package let body: Body

    package init(parameters: Parameters, body: Body) {
        self.parameters = parameters
        self.body = body
    }

    /// A body can be cut short and still come to its end, so its length is compared with what was announced.
    package enum Body: Sendable, Equatable {
        case complete([UInt8])

        /// More than ``Responder/bodyLimit``; what came was read and dropped.
        case tooLarge

        /// `CONTENT_LENGTH` says one thing, what came another.
        case mismatched(announced: String, received: Int)
    }
}
