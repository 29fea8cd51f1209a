// SPDX-License-Identifier: Apache-2.0

package import HTTP

/// Entities of Port, the developer portal, in bulk.
///
/// What Port refuses is tried again, as long as anything at Port can change that: a blueprint may be made, a property be
/// allowed. Only what is larger than Port takes is given up.
package struct PortSink: EntitySink {
    private let url: HTTPURL
    private let transport: HTTPTransport
    private let tokens: PortTokens

    /// Connects to nothing yet; `url` is `https://api.port.io`, or that of another region.
    ///
    /// One for each receiver, because it keeps the token.
    package init(
        url: HTTPURL,
        credentials: PortCredentials,
        transport: HTTPTransport = HTTPTransport(answerLimit: 1 << 20),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.url = url
        self.transport = transport
        tokens = PortTokens(url: url, credentials: credentials, transport: transport, now: now)
    }

    package func upsert(_ entities: [Entity]) async -> [Int: CatalogueFailure] {
        await send(
            .upsert,
            entities.enumerated().map { index, entity in
                let name = entity.key.identifier
                return (
                    entity.key.blueprint,
                    PortBatch.Item(index: index, identifier: name, json: entity.element)
                )
            }
        )
    }

    package func delete(_ keys: [Entity.Key], withDependents: Bool) async -> [Int: CatalogueFailure] {
        await send(
            .delete(withDependents: withDependents),
            keys.enumerated().map { index, key in
                let json = JSONText(quoting: key.identifier).description
                return (key.blueprint, PortBatch.Item(index: index, identifier: key.identifier, json: json))
            }
        )
    }

    private func send(
        _ work: PortBatch.Work,
        _ items: [(blueprint: String, item: PortBatch.Item)]
    ) async -> [Int: CatalogueFailure] {
        var failures: [Int: CatalogueFailure] = [:]
        var waiting = Array(PortBatch.all(work, items).reversed())
        while let batch = waiting.popLast() {
            switch await outcome(of: batch) {
            case .done(let own): failures.merge(own) { $1 }
            case .failed(let failure): failures.fail(batch, failure)
            case .split(let halves): waiting += halves.reversed()
            case .away(let failure):
                // More of the same does not mend that.
                for each in [batch] + waiting { failures.fail(each, failure) }
                return failures
            }
        }
        return failures
    }

    private func outcome(of batch: PortBatch) async -> PortOutcome {
        if batch.isTooLarge { return PortOutcome(tooLarge: batch) }
        do throws(CatalogueFailure) {
            let token = try await tokens.token()
            let answer = try await answer(batch.call(to: url, token))
            guard answer.status == 401 else { return PortOutcome(of: batch, answer) }
            let next = try await tokens.token(after: token)
            return PortOutcome(of: batch, try await self.answer(batch.call(to: url, next)))
        } catch {
            return .away(error)
        }
    }

    private func answer(_ call: HTTPCall) async throws(CatalogueFailure) -> HTTPAnswer {
        do throws(HTTPError) { return try await transport.answer(to: call) } catch {
            guard error.code != .cancelled else { throw .putOff("Port has taken too long for its batch") }
            throw CatalogueFailure("Port cannot be reached: \(error)")
        }
    }
}
