// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import Handlers
import Outbox

/// A request of which everything but the body has been looked at.
enum Arrival {
    /// There is nothing more to look at.
    case decided(Decision)

    /// It proved to be genuine.
    case genuine(GenuineDelivery)

    struct GenuineDelivery {
        let id: DeliveryID
        let receiver: Receiver
        let usesPreviousSecret: Bool
        let delivery: Delivery
    }

    init(_ id: DeliveryID, _ request: Request, _ snapshot: Snapshot, bodyLimit: Int) {
        func refused(_ receiver: Receiver?, _ status: Int, _ message: String) -> Arrival {
            .decided(Decision(id, receiver, answer: .refused(status: status, message)))
        }
        let path = (request.parameters["SCRIPT_NAME"] ?? "") + (request.parameters["PATH_INFO"] ?? "")
        guard let endpoint = snapshot.endpoint(at: path) else {
            self = refused(nil, 404, "not found")
            return
        }
        let receiver = endpoint.receiver
        guard request.parameters["REQUEST_METHOD"] == "POST" else {
            self = refused(receiver, 405, "method not allowed")
            return
        }
        switch request.body {
        case .tooLarge: self = refused(receiver, 413, "content exceeds limit of \(bodyLimit) bytes")
        case .mismatched(let announced, let received):
            let message =
                "invalid request body: \(received) bytes, Content-Length says \(announced.prefix(20))"
            self = refused(receiver, 400, message)
        case .complete(let body):
            let delivery = Delivery(headers: Headers(request.parameters.values(ofHeader:)), body: body)
            do throws(Rejection) {
                let age = try receiver.provider.handler.authenticate(
                    delivery,
                    secret: receiver.secret,
                    previous: receiver.previousSecret
                )
                self = .genuine(
                    GenuineDelivery(
                        id: id,
                        receiver: receiver,
                        usesPreviousSecret: age == .previous || endpoint.isPrevious,
                        delivery: delivery
                    )
                )
            } catch {
                self = refused(receiver, error.status, error.message)
            }
        }
    }

    /// Reads the body, if there is anything to read.
    func decision(by snapshot: Snapshot) -> Decision {
        switch self {
        case .decided(let decision): return decision
        case .genuine(let genuine):
            let verdict: Verdict
            do throws(Rejection) {
                verdict = try genuine.receiver.provider.handler.interpret(genuine.delivery)
            } catch {
                verdict = .reject(error)
            }
            return Decision(
                genuine.id,
                genuine.receiver,
                verdict,
                snapshot,
                usesPreviousSecret: genuine.usesPreviousSecret
            )
        }
    }
}
