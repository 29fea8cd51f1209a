// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import NIOConcurrencyHelpers
internal import POSIX

/// One or more event loops, each on a thread of its own, all accepting from one socket.
///
/// Signals that the process waits for must be blocked before this is made: threads inherit the mask.
package final class ResponderThreads: Sendable {
    private let listening: NIOLockedValueBox<ListeningSocket?>
    private let threads: [ResponderThread]

    /// Starts `count` loops.
    ///
    /// `report` gets what an operator should know, such as running out of descriptors.
    package init(
        count: Int,
        listening: consuming ListeningSocket,
        responder: any Responder,
        report: @escaping @Sendable (String) -> Void
    ) throws(FastCGIError) {
        // A peer that is gone is an error of write(2).
        signal(SIGPIPE, SIG_IGN)
        let capacity = Self.capacity / max(count, 1)
        var threads: [ResponderThread] = []
        for _ in 0..<count {
            threads.append(
                try ResponderThread(
                    listening: try listening.duplicate(),
                    capacity: capacity,
                    responder: responder,
                    report: report
                )
            )
        }
        self.threads = threads
        self.listening = NIOLockedValueBox(listening)
    }

    /// Connections of all loops: what they leave is for the outbox, the sink, the log, and the runtime, which ends
    /// the process when there is no descriptor for a timer.
    private static var capacity: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 512 }
        let descriptors = Int(clamping: limit.rlim_cur)
        return max(descriptors / 2, descriptors - 64)
    }

    /// Stops accepting, lets every loop finish what is in flight, and returns when all have.
    package func stop() {
        listening.withLockedValue { $0 = nil }
        for thread in threads { thread.mailbox.stop() }
        for thread in threads { thread.join() }
    }
}

/// An event loop on a POSIX thread: a task would block a thread of the cooperative pool, of which there are
/// as many as cores.
private final class ResponderThread: Sendable {
    let mailbox: Mailbox
    private let thread: pthread_t

    init(
        listening: ListeningSocket,
        capacity: Int,
        responder: any Responder,
        report: @escaping @Sendable (String) -> Void
    ) throws(FastCGIError) {
        mailbox = try Mailbox()
        let loop = try EventLoop(
            listening: listening,
            mailbox: mailbox,
            capacity: capacity,
            responder: responder,
            report: report
        )
        let body = unsafe Unmanaged.passRetained(ThreadBody(loop: loop, report: report))
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, nil, runThread, body.toOpaque())
        guard code == 0 else {
            unsafe body.release()
            throw FastCGIError(SystemError(errno: code, doing: "starting a responder thread"))
        }
        self.thread = thread
    }

    func join() { pthread_join(thread, nil) }
}

/// What a new thread is handed: it alone uses the loop from then on.
private final class ThreadBody {
    let loop: EventLoop
    let report: @Sendable (String) -> Void

    init(loop: EventLoop, report: @escaping @Sendable (String) -> Void) {
        self.loop = loop
        self.report = report
    }
}

/// The thread's start routine; at file level it belongs to no actor, which C callbacks must not.
private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    let body = unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
    do { try body.loop.run() } catch {
        body.report("the responder loop ended: \(error)")
        // A process that does not answer must not look alive to whoever would restart it.
        exit(1)
    }
    return nil
}
