// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import HTTP
internal import Handlers

/// Keeps a token, and renews it before it expires and when Port refuses it.
///
/// However many calls wait, one renewal is under way, and all get what comes of it.
actor PortTokens {
    private let url: HTTPURL
    private let credentials: PortCredentials
    private let transport: HTTPTransport
    private let now: @Sendable () -> ContinuousClock.Instant

    private var current: PortToken?
    private var renewal: SharedWork<Result<PortToken, CatalogueFailure>>?
    private var lastGeneration = 0

    /// A token has to hold until the call has arrived; of a short life a tenth is kept back.
    private static let margin = Duration.seconds(60)

    init(
        url: HTTPURL,
        credentials: PortCredentials,
        transport: HTTPTransport,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.url = url.appending(["v1", "auth", "access_token"])
        self.credentials = credentials
        self.transport = transport
        self.now = now
    }

    /// The token for a call; `refused` is what Port did not accept any more.
    func token(after refused: PortToken? = nil) async throws(CatalogueFailure) -> PortToken {
        if let current, current.generation != refused?.generation, now() < current.staleAt { return current }
        while true {
            let renewal = self.renewal ?? SharedWork { await self.renewed() }
            self.renewal = renewal
            if let result = await renewal.value { return try result.get() }
            if self.renewal === renewal { self.renewal = nil }
        }
    }

    private func renewed() async -> Result<PortToken, CatalogueFailure> {
        defer { renewal = nil }
        do throws(CatalogueFailure) {
            let token = try await newToken()
            current = token
            return .success(token)
        } catch {
            return .failure(error)
        }
    }

    private func newToken() async throws(CatalogueFailure) -> PortToken {
        // From before the call on: the answer may take its time.
        let start = now()
        let headers = [(name: "Content-Type", value: "application/json"), ("Accept", "application/json")]
        let answer = try await answer(HTTPCall(.post, url, headers: headers, body: credentials.body))
        guard answer.isSuccess else { throw failure(answer) }
        guard let given = try? JSONDecoder().decode(Given.self, from: Data(answer.body)),
            let secret = Secret(Array(given.accessToken.utf8)),
            secret.bytes.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw CatalogueFailure("\(url) answered without a token that can be used: is this Port's API?")
        }
        let life = Duration.seconds(max(0, min(given.expiresIn, 86400)))
        lastGeneration += 1
        return PortToken(
            secret: secret,
            generation: lastGeneration,
            staleAt: start + life - min(Self.margin, life / 10)
        )
    }

    private func answer(_ call: HTTPCall) async throws(CatalogueFailure) -> HTTPAnswer {
        do throws(HTTPError) { return try await transport.answer(to: call) } catch {
            guard error.code != .cancelled else { throw .putOff("Port has taken too long for its batch") }
            throw CatalogueFailure("Port gives no token: \(error)")
        }
    }

    /// What it says is not repeated: it was asked with a secret.
    private func failure(_ answer: HTTPAnswer) -> CatalogueFailure {
        let isRefusal = [400, 401, 403, 404, 422].contains(answer.status)
        let advice = isRefusal ? ": check client-id, client-secret and the URL of Port's API" : ""
        return CatalogueFailure(
            "Port gives no token: POST \(url) was answered with \(answer.status)\(advice)",
            retryAfter: answer.retryAfter
        )
    }

    private struct Given: Decodable {
        let accessToken: String

        /// Seconds.
        let expiresIn: Double
    }
}
