// SPDX-License-Identifier: Apache-2.0

/// The body of a request, as far as it has come.
struct IncomingBody {
    private let parameters: Parameters
    private let limit: Int

    /// `CONTENT_LENGTH`, where it says anything.
    private let announced: String?

    /// What it says; digits alone (RFC 9110 §8.6): no sign, no space.
    private let expected: Int?
    private var bytes: [UInt8] = []
    private var received = 0

    /// What is read and dropped of a body that is too large, so that the web server can send all of it and
    /// then read the reply.
    private static let largestDiscard = 64 << 20

    init(of parameters: Parameters, limit: Int) {
        self.parameters = parameters
        self.limit = limit
        announced = parameters["CONTENT_LENGTH"].flatMap { $0.isEmpty ? nil : $0 }
        expected = announced.flatMap { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int($0) : nil }
        // Memory that is never written to takes no place.
        bytes.reserveCapacity(min(expected ?? 0, limit))
    }

    /// Whether it is so large that the rest of it is not waited for.
    var isEndless: Bool { received > max(limit, Self.largestDiscard) }

    /// Adds what comes next; above the limit nothing is kept.
    mutating func append(_ span: Span<UInt8>, _ content: Range<Int>) {
        received += content.count
        if received <= limit { bytes.append(span, content) } else { bytes = [] }
    }

    /// The request, of which nothing more comes; `isWhole` says whether its end has come.
    func request(isWhole: Bool) -> Request {
        let body: Request.Body
        if received > limit || expected.map({ $0 > limit }) == true {
            body = .tooLarge
        } else if let announced, expected != received {
            body = .mismatched(announced: announced, received: received)
        } else if announced == nil, !isWhole {
            // Without a length nobody can tell how much of it is missing.
            body = .mismatched(announced: "nothing", received: received)
        } else {
            body = .complete(bytes)
        }
        return Request(parameters: parameters, body: body)
    }
}
