// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import Outbox
import POSIX
import Subscriptions

extension Settings {
    /// The outbox that the service has made, whether that runs or not.
    func existingOutbox(for use: GuestUse) -> Outbox {
        Outbox(existingIn: stateDirectory, for: use)
    }

    /// Whether a service that delivers runs on this state; false where that cannot be found out.
    var isServed: Bool {
        (try? FileLock.isHeld(at: Deliverer.lockPath(of: .warehouses, in: stateDirectory))) ?? false
    }
}

/// Asks or changes the outbox, for a command that cannot go on without it.
func orExit<Value>(_ body: () throws(OutboxError) -> Value) throws -> Value {
    do throws(OutboxError) { return try body() } catch {
        printError("webhook-fcgi: \(error)")
        throw ExitCode(1)
    }
}
