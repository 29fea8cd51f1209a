// SPDX-License-Identifier: Apache-2.0

@testable import FastCGI

/// What holds of all bytes on a connection, whatever they are.
///
/// The first byte of the input says in which pieces the others come. Checked with a fixed seed by `swift test`, and with
/// libFuzzer by `make fuzz`.
enum RequestProperty {
    private static let bodyLimit = 64

    /// What is wrong, or nil; to return at all is part of the property.
    static func violation(_ input: [UInt8]) -> String? {
        let bytes = Array(input.dropFirst())
        let whole = read(bytes, inPiecesOf: bytes.count + 1)
        let pieces = read(bytes, inPiecesOf: Int(input.first ?? 0) + 1)
        guard whole.requests == pieces.requests, whole.end == pieces.end else {
            return "in pieces it is something else: \(whole), \(pieces)"
        }
        // A head has 24 bytes at least, and a body's end 8.
        guard whole.requests.count * 32 <= bytes.count else { return "requests of nothing: \(whole)" }
        for request in whole.requests {
            guard request.identifier != 0 else { return "no identifier" }
            guard case .complete(let body) = request.body else { continue }
            guard body.count <= bodyLimit else { return "\(body.count) bytes of \(bodyLimit)" }
        }
        return nil
    }

    /// A request by all that can be asked of it.
    struct Read: Equatable {
        let identifier: UInt16
        let keepsConnection: Bool
        let body: Request.Body
        let values: [String?]

        init(_ incoming: RequestReader.Incoming) {
            identifier = incoming.identifier
            keepsConnection = incoming.keepsConnection
            body = incoming.request.body
            let parameters = incoming.request.parameters
            values = ["", "A", "CONTENT_LENGTH"].map { parameters[$0] } + parameters.values(ofHeader: "a")
        }
    }

    enum End: Equatable {
        case incomplete(RequestReader.Part)
        case unacceptable
        case closed
    }

    /// All requests, one after the other, and what comes after them.
    private static func read(_ bytes: [UInt8], inPiecesOf size: Int) -> (requests: [Read], end: End) {
        var requests: [Read] = []
        var reader = RequestReader()
        var end = End.incomplete(.head)
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = Array(bytes[start...].prefix(size))
            var offset = 0
            while offset < piece.count {
                switch reader.take(piece.span, from: &offset, bodyLimit: bodyLimit) {
                case .incomplete(let part): end = .incomplete(part)
                case .unacceptable: return (requests, .unacceptable)
                case .whole(let incoming):
                    requests.append(Read(incoming))
                    guard incoming.keepsConnection else { return (requests, .closed) }
                    (reader, end) = (RequestReader(), .incomplete(.head))
                }
            }
        }
        return (requests, end)
    }
}
