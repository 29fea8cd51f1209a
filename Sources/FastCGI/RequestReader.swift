// SPDX-License-Identifier: Apache-2.0

/// Makes a request of the bytes that come on a connection, in pieces of any size (FastCGI 1.0 §5).
///
/// It takes what web servers send to a responder, and nothing else: one request after the other, its beginning and
/// parameters in at most ``headLimit`` bytes, then its body. It decides and does nothing, so that every way to cut or
/// break a request can be tested.
struct RequestReader {
    /// What has become of the request so far.
    enum Progress {
        /// The rest of it has not come yet.
        case incomplete(Part)
        /// A request; bytes that come after it are not taken.
        case whole(Incoming)
        /// Nothing that a web server sends to a responder.
        case unacceptable
    }

    /// What is missing at least a part of.
    enum Part: Equatable {
        /// The beginning and the parameters, of which nothing may have come at all.
        case head
        case body
    }

    /// A request with what the connection needs to know of it.
    struct Incoming {
        let request: Request
        let identifier: UInt16

        /// Whether the web server keeps the connection for a further request, and it can be understood then.
        let keepsConnection: Bool
    }

    private var records = RecordReader()
    private var phase = Phase.nothing

    /// Bytes of the head, headers and padding included.
    private var headCount = 0
    private var identifier: UInt16 = 0

    /// FCGI_BEGIN_REQUEST's content.
    private var beginning: [UInt8] = []

    /// The content of FCGI_PARAMS so far.
    private var pairs: [UInt8] = []
    private var body: IncomingBody?

    private enum Phase {
        case nothing
        case beginning
        case parameters
        case lastParameters
        case body
        case lastBody
    }

    /// The most bytes a head may have, many times what web servers take of header fields.
    static let headLimit = 65_536

    /// Takes what belongs to the request from `bytes`, of which all before `offset` is taken.
    mutating func take(_ bytes: Span<UInt8>, from offset: inout Int, bodyLimit: Int) -> Progress {
        while true {
            let start = offset
            let piece = records.next(bytes, at: &offset)
            if body == nil {
                headCount += offset - start
                guard headCount < Self.headLimit else { return .unacceptable }
            }
            switch piece {
            case nil: return .incomplete(body == nil ? .head : .body)
            case .header(let header)?:
                guard begin(header) else { return broken() }
            case .content(let range)?:
                add(bytes, range)
                // Whoever sends that much does not listen.
                if let body, body.isEndless { return .whole(finished(isInStep: false)) }
            case .end?:
                guard end(bodyLimit) else { return .unacceptable }
                if case .lastBody = phase { return .whole(finished(isInStep: true)) }
            }
        }
    }

    /// What there is of a request whose body does not come to its end; nil where not even the head has come.
    func cut() -> Incoming? { body == nil ? nil : finished(isInStep: false) }
}

extension RequestReader {
    /// Whether `header` may be the next record's.
    private mutating func begin(_ header: RecordReader.Header) -> Bool {
        guard header.version == 1 else { return false }
        switch phase {
        case .nothing:
            identifier = header.identifier
            phase = .beginning
            return header.type == RecordType.beginRequest && identifier != 0 && header.contentLength == 8
        case .beginning, .parameters:
            phase = header.contentLength == 0 ? .lastParameters : .parameters
            if pairs.isEmpty { pairs.reserveCapacity(header.contentLength) }
            return header.type == RecordType.parameters && header.identifier == identifier
        case .lastParameters, .body:
            phase = header.contentLength == 0 ? .lastBody : .body
            return header.type == RecordType.standardInput && header.identifier == identifier
        case .lastBody: return false
        }
    }

    private mutating func add(_ bytes: Span<UInt8>, _ content: Range<Int>) {
        switch phase {
        case .beginning: beginning.append(bytes, content)
        case .parameters: pairs.append(bytes, content)
        default: body?.append(bytes, content)
        }
    }

    /// Judges a record that is complete.
    private mutating func end(_ bodyLimit: Int) -> Bool {
        switch phase {
        // FCGI_RESPONDER.
        case .beginning: return beginning.starts(with: [0, 1])
        case .lastParameters:
            guard let parameters = Parameters(pairs: pairs) else { return false }
            pairs = []
            body = IncomingBody(of: parameters, limit: bodyLimit)
            return true
        case .nothing, .parameters, .body, .lastBody: return true
        }
    }

    /// Out of step with the web server: where the head has come it still gets an answer, then the connection goes.
    private func broken() -> Progress { cut().map { .whole($0) } ?? .unacceptable }

    private func finished(isInStep: Bool) -> Incoming {
        Incoming(
            request: body?.request(isWhole: isInStep)
                ?? Request(parameters: Parameters(), body: .complete([])),
            identifier: identifier,
            // FCGI_KEEP_CONN.
            keepsConnection: isInStep && beginning[2] & 1 == 1
        )
    }
}

/// The types of records that a web server and a responder send (FastCGI 1.0 §8).
enum RecordType {
    static let beginRequest: UInt8 = 1
    static let endRequest: UInt8 = 3
    static let parameters: UInt8 = 4
    static let standardInput: UInt8 = 5
    static let standardOutput: UInt8 = 6
    static let standardError: UInt8 = 7
}
