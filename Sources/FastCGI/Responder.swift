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
    func respond(to requests: [Request]) -> [Response]
}

/// What a responder does about a request.
package enum Response: Sendable {
    /// Replies.
    case now(Reply)

    /// Holds the request open, without a thread: `begin` gets what ends it, from any thread.
    ///
    /// Where nothing comes within `timeout`, `fallback` makes the reply.
    case later(timeout: Duration, fallback: @Sendable () -> Reply, begin: @Sendable (Completion) -> Void)
}

/// Ends a request that was held open; ending it again, or too late, does nothing.
package struct Completion: Sendable {
    let identifier: UInt64
    let mailbox: Mailbox

    /// `reply` is asked only if it is going to be sent.
    package func callAsFunction(_ reply: @escaping @Sendable () -> Reply) {
        mailbox.post(reply, for: identifier)
    }
}
