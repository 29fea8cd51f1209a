// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FastCGI

@Suite struct ConnectionStateTests {
    /// The state after one answered request.
    private func kept() -> ConnectionState {
        var state = ConnectionState()
        _ = state.readable()
        state.received()
        state.replied(isOpen: true)
        return state
    }

    @Test func `A fresh connection and a kept one are read when there is something`() {
        var fresh = ConnectionState()
        #expect(fresh.readable() == .read)
        var kept = kept()
        #expect(kept.isKept)
        #expect(kept.readable() == .read)
    }

    @Test func `A connection of which the rest of a request is missing is read again`() {
        var state = ConnectionState()
        _ = state.readable()
        #expect(state.readable() == .read)
        #expect(state.stop(hasInput: false) == .wait)
    }

    @Test func `While a request is being answered nothing else is read`() {
        var state = ConnectionState()
        _ = state.readable()
        state.received()
        #expect(state.readable() == .wait)
    }

    @Test func `A connection that did not outlive its reply is closed`() {
        var state = ConnectionState()
        _ = state.readable()
        state.received()
        state.replied(isOpen: false)
        #expect(state.isClosed)
        #expect(state.readable() == .close)
    }

    @Test func `On stopping, an idle kept connection closes`() {
        var state = kept()
        #expect(state.stop(hasInput: false) == .close)
        #expect(state.isClosed)
    }

    @Test func `On stopping, whoever has sent or is about to is answered first`() {
        var sent = kept()
        #expect(sent.stop(hasInput: true) == .wait)
        #expect(sent.readable() == .read)
        var fresh = ConnectionState()
        #expect(fresh.stop(hasInput: false) == .wait)
        var answering = ConnectionState()
        _ = answering.readable()
        answering.received()
        #expect(answering.stop(hasInput: false) == .wait)
    }

    @Test func `On stopping, nobody waits for a connection on which nothing comes`() {
        var fresh = ConnectionState()
        _ = fresh.stop(hasInput: false)
        #expect(fresh.giveUp() == .close)
        var answering = ConnectionState()
        _ = answering.readable()
        answering.received()
        #expect(answering.giveUp() == .wait)
    }
}
