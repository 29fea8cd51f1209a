// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore

/// The events of a watch, as they come.
///
/// It ends when the server ends it, which is what servers do after a while: watch again from the last version
/// seen. `gone` means that this version is too old, and only a new list helps. It can be iterated once; the
/// connection is closed when the iterator goes.
package struct WatchEvents: AsyncSequence {
    let client: KubernetesClient
    let body: HTTPClientResponse.Body
    let call: Call
    let lineLimit: Int

    package func makeAsyncIterator() -> Iterator {
        Iterator(client: client, body: body.makeAsyncIterator(), call: call, lineLimit: lineLimit)
    }

    package struct Iterator: AsyncIteratorProtocol {
        private let client: KubernetesClient
        private var body: HTTPClientResponse.Body.AsyncIterator
        private let call: Call
        private var lines: LineBuffer

        init(
            client: KubernetesClient,
            body: HTTPClientResponse.Body.AsyncIterator,
            call: Call,
            lineLimit: Int
        ) {
            self.client = client
            self.body = body
            self.call = call
            lines = LineBuffer(limit: lineLimit)
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(KubernetesError) -> WatchEvent? {
            // Its connections end with it.
            defer { withExtendedLifetime(client) {} }
            do throws(KubernetesError) { return try await nextEvent(actor) } catch {
                throw error.doing(call.description)
            }
        }

        private mutating func nextEvent(
            _ actor: isolated (any Actor)?
        ) async throws(KubernetesError) -> WatchEvent? {
            while true {
                if let line = try lines.next() { return try WatchEvent(line: line) }
                guard let piece = try await nextPiece(actor) else {
                    guard lines.isEmpty else {
                        throw KubernetesError(.transport, "the watch ended in the middle of an event")
                    }
                    return nil
                }
                lines.append(piece.readableBytesView)
            }
        }

        private mutating func nextPiece(
            _ actor: isolated (any Actor)?
        ) async throws(KubernetesError) -> ByteBuffer? {
            do { return try await body.next(isolation: actor) } catch {
                throw KubernetesError(transport: error)
            }
        }
    }
}
