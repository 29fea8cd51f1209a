// SPDX-License-Identifier: Apache-2.0

import Foundation
internal import NIOConcurrencyHelpers

/// Port's API as far as a catalogue needs it, refusing what the real one refuses.
package final class PortServer: Sendable {
    package static let (clientID, clientSecret) = ("port-client", "port-secret")

    private let state: NIOLockedValueBox<State>
    private let server: HTTPServer

    package struct State: Sendable {
        /// Blueprint, then identifier, then the entity's properties and relations as JSON.
        package var entities: [String: [String: String]] = [:]

        package var blueprints: [String: Blueprint] = [:]

        /// What to answer instead, to the next calls but those for a token.
        package var answers: [HTTPServer.Step] = []

        /// Seconds that the next tokens live.
        package var tokenLife = 10800.0
        package var now = ContinuousClock.now
        package var tokens: [String: ContinuousClock.Instant] = [:]
        package var tokenCount = 0

        /// How many entities each call brought, in order.
        package var batches: [Int] = []

        /// What no client may do.
        package var mistakes: [String] = []
    }

    /// With the blueprints that users import.
    package init() async throws {
        var state = State()
        for blueprint in try Blueprint.all() { state.blueprints[blueprint.identifier] = blueprint }
        let box = NIOLockedValueBox(state)
        self.state = box
        server = try await HTTPServer { request in box.withLockedValue { [$0.answer(to: request)] } }
    }

    package var url: String { server.url }

    package var requests: [ServedRequest] { server.requests }

    /// Reads or changes what the server has, its clock included.
    package func with<Result>(_ body: (inout State) -> Result) -> Result {
        state.withLockedValue { body(&$0) }
    }

    package func stop() async throws { try await server.stop() }
}

extension PortServer.State {
    fileprivate mutating func answer(to request: ServedRequest) -> HTTPServer.Step {
        guard request.method == "POST", request["Content-Type"] == "application/json" else {
            return refuse(request, 400, "a JSON body is required")
        }
        if request.path == "/v1/auth/access_token" { return token(for: request) }
        guard let token = request["Authorization"], token.hasPrefix("Bearer "),
            let expiry = tokens[String(token.dropFirst(7))], now < expiry
        else { return .error(401, "unauthorized", "the token is missing, unknown or has expired") }
        if !answers.isEmpty { return answers.removeFirst() }
        let steps = request.path.split(separator: "/").map(String.init)
        guard steps.count > 3, steps[..<2] == ["v1", "blueprints"] else {
            return refuse(request, 404, "no such place: \(request.path)")
        }
        let blueprint = steps[2].removingPercentEncoding ?? ""
        switch (Array(steps[3...]), request.query) {
        case (
            ["entities", "bulk"],
            ["upsert": "true", "merge": "true", "create_missing_related_entities": "true"]
        ):
            return upsert(request, blueprint)
        case (["bulk", "entities", "delete"], ["delete_dependents": "true"]):
            return delete(request, blueprint, withDependents: true)
        case (["bulk", "entities", "delete"], ["delete_dependents": "false"]):
            return delete(request, blueprint, withDependents: false)
        default: return refuse(request, 400, "no such place: \(request.target)")
        }
    }

    private mutating func token(for request: ServedRequest) -> HTTPServer.Step {
        let wanted = ["clientId": PortServer.clientID, "clientSecret": PortServer.clientSecret]
        let given = try? JSONDecoder().decode([String: String].self, from: Data(request.body.utf8))
        guard given == wanted else {
            return .error(401, "invalid_credentials", "port-secret is what I expected")
        }
        tokenCount += 1
        tokens["token-\(tokenCount)"] = now + .seconds(tokenLife)
        return .reply(
            200,
            #"{"ok":true,"accessToken":"token-\#(tokenCount)","expiresIn":\#(tokenLife),"tokenType":"Bearer"}"#
        )
    }

    private mutating func upsert(_ request: ServedRequest, _ name: String) -> HTTPServer.Step {
        guard request.body.utf8.count <= 1 << 20 else { return refuse(request, 413, "payload too large") }
        guard let all = elements(request) as? [[String: Any]], all.count <= 20 else {
            return refuse(request, 400, "entities must be an array of 20 at most")
        }
        guard let blueprint = blueprints[name] else {
            return .error(404, "not_found", "Blueprint with identifier \"\(name)\" was not found")
        }
        batches.append(all.count)
        var errors: [[String: Any]] = []
        for (index, entity) in all.enumerated() {
            let identifier = entity["identifier"] as? String ?? ""
            if let problem = blueprint.problem(with: entity) {
                errors.append([
                    "identifier": identifier, "index": index, "statusCode": 422, "message": problem,
                ])
            } else {
                merge(entity, identifier, of: blueprint)
            }
        }
        guard !errors.isEmpty else { return .reply(200, #"{"ok":true}"#) }
        return .reply(207, text(["ok": false, "errors": errors]))
    }

    private mutating func delete(
        _ request: ServedRequest,
        _ blueprint: String,
        withDependents: Bool
    ) -> HTTPServer.Step {
        guard let all = elements(request) as? [String], all.count <= 100 else {
            return refuse(request, 400, "entities must be an array of 100 identifiers at most")
        }
        guard blueprints[blueprint] != nil else {
            return .error(404, "not_found", "Blueprint with identifier \"\(blueprint)\" was not found")
        }
        batches.append(all.count)
        for identifier in all { remove(identifier, of: blueprint, withDependents: withDependents) }
        return .reply(200, #"{"ok":true}"#)
    }

    private func elements(_ request: ServedRequest) -> [Any]? {
        let body = try? JSONSerialization.jsonObject(with: Data(request.body.utf8)) as? [String: Any]
        return body?["entities"] as? [Any]
    }

    private mutating func refuse(_ request: ServedRequest, _ status: Int, _ text: String) -> HTTPServer.Step {
        mistakes.append("\(request.method) \(request.target): \(text)")
        return .error(status, "bad_request", text)
    }
}

extension HTTPServer.Step {
    /// As Port says no.
    package static func error(
        _ status: Int,
        _ name: String,
        _ message: String,
        _ headers: String = ""
    ) -> Self {
        .reply(status, text(["ok": false, "error": name, "message": message]), headers)
    }
}
