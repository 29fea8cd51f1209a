// SPDX-License-Identifier: Apache-2.0

/// Answers requests.
///
/// Called on the threads of the event loops, so it must not suspend and should not wait.
package protocol Responder: Sendable {
    /// The largest body that is kept, in bytes; read anew for every turn, so that a reload can change it.
    var bodyLimit: Int { get }

    /// Answers all requests of one turn of the loop, in their order.
    ///
    /// Whatever has to be durable before the replies is made durable once for all of them.
    func respond(to requests: [Request]) -> [Reply]
}
