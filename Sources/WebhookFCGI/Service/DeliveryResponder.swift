// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import Outbox
import POSIX

/// Answers the deliveries of a turn: decides each, commits them together, then replies.
struct DeliveryResponder: Responder {
    let service: Service

    var bodyLimit: Int { service.state.settings.limits.bodyBytes }

    func respond(to requests: [Request]) -> [Response] {
        let routes = requests.map(\.statusRoute)
        guard routes.contains(where: { $0 != nil }) else { return respond(toDeliveries: requests) }
        var responses = respond(toDeliveries: zip(requests, routes).filter { $1 == nil }.map(\.0))[...]
        return zip(requests, routes).map { request, route in
            guard let route else { return responses.removeFirst() }
            return StatusResponder(service: service).respond(to: request, at: route)
        }
    }

    private func respond(toDeliveries requests: [Request]) -> [Response] {
        let started = ContinuousClock.now
        let time = Timestamp.now()
        // One state for the whole turn: a reload in the middle of it changes nothing that is under way.
        let state = service.state
        let decisions = decide(requests, state, DeliveryID(time: time), at: started)
        let turn = Turn(service, state, at: time, since: started)
        var (records, places): ([DeliveryRecord], [Int]) = ([], [])
        records.reserveCapacity(requests.count)
        for index in requests.indices {
            guard let record = requests[index].record(of: decisions[index], at: time, since: started) else {
                continue
            }
            records.append(record)
            places.append(index)
        }
        return turn.responses(to: decisions, accepting: records, at: places)
    }

    private func decide(
        _ requests: [Request],
        _ state: Service.State,
        _ first: DeliveryID,
        at now: ContinuousClock.Instant
    ) -> [Decision] {
        let limits = state.settings.limits
        var id = first
        func next() -> DeliveryID {
            defer { id = id.successor }
            return id
        }
        guard let snapshot = state.snapshot else {
            return requests.map { Decision(next(), $0, nil, bodyLimit: limits.bodyBytes) }
        }
        var arrivals = requests.map { Arrival(next(), $0, snapshot, bodyLimit: limits.bodyBytes) }
        if let limit = limits.perReceiver { service.rates.limit(&arrivals, to: limit, at: now, snapshot) }
        return arrivals.map { $0.decision(by: snapshot) }
    }
}
