// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers

/// A Harbor of a test's own: what its API v2.0 says about projects, repositories and artifacts, as strict as the real one.
///
/// Paths with a repository have to be encoded twice, accounts are checked, lists come in pages.
package final class HarborServer: Sendable {
    package static let username = "robot$catalogue"
    package static let password = "harbor-password"

    let state: NIOLockedValueBox<State>
    private let server: HTTPServer

    struct State {
        var registry = Registry()
        var faults: [Fault] = []
        var forbidden: Set<String> = []
        var hidesLinks = false
        var calls: [ServedRequest] = []
        var (underWay, mostUnderWay) = (0, 0)
        var isHolding = false

        /// Which calls are held: those with this part in their path, after so many that are not.
        var held = (part: "", after: 0)
    }

    /// What goes wrong instead of an answer.
    struct Fault {
        /// In the path of the calls that it meets.
        let part: String
        let method: String
        let steps: [HTTPServer.Step]
        var times: Int
    }

    /// `path` is what the URL has before the API's.
    package init(path: String = "") async throws {
        let state = NIOLockedValueBox(State())
        self.state = state
        server = try await HTTPServer { request in
            let isHeld = state.withLockedValue { state in
                state.calls.append(request)
                state.underWay += 1
                state.mostUnderWay = max(state.mostUnderWay, state.underWay)
                return state.calls.count { $0.path.contains(state.held.part) } > state.held.after
                    && request.path.contains(state.held.part)
            }
            defer { state.withLockedValue { $0.underWay -= 1 } }
            try? await waitUntil("no more holding") { !isHeld || state.withLockedValue { !$0.isHolding } }
            return state.withLockedValue { $0.answer(request, below: path) }
        }
        url = server.url + path
    }

    /// What a manifest says.
    package let url: String

    package func stop() async throws { try await server.stop() }
}

/// What is in it.
extension HarborServer {
    package func addProject(_ name: String) { state.withLockedValue { $0.registry.addProject(name) } }

    /// Pushes what is named like `library/a/b@sha256:…`, with project and repository where they are missing.
    ///
    /// Again it counts as changed. A child is an image of an index.
    package func push(
        _ identifier: String,
        tags: [String] = [],
        critical: Int? = nil,
        isChild: Bool = false
    ) {
        state.withLockedValue { $0.registry.push(identifier, tags, critical, isChild: isChild) }
    }

    /// Pulls an artifact, which shows only when Harbor writes down what was pulled: after ten seconds at most.
    package func pull(_ identifier: String) { state.withLockedValue { $0.registry.pull(identifier) } }

    /// Removes a project, a repository or an artifact, and what is in it.
    package func remove(_ identifier: String) { state.withLockedValue { $0.registry.remove(identifier) } }
}

/// How it behaves.
extension HarborServer {
    /// The account may not see these projects.
    package func forbid(_ projects: String...) { state.withLockedValue { $0.forbidden = Set(projects) } }

    /// Does not say where a list goes on, as behind a proxy that takes the header out.
    package func hideLinks() { state.withLockedValue { $0.hidesLinks = true } }

    /// Answers the next calls whose path has this part so instead.
    package func fail(
        _ steps: HTTPServer.Step...,
        at part: String = "",
        method: String = "GET",
        times: Int = 1
    ) {
        let fault = Fault(part: part, method: method, steps: steps, times: times)
        state.withLockedValue { $0.faults.append(fault) }
    }

    /// From now on no call is answered until ``release()``, or none whose path has this part, after so many of them.
    package func hold(at part: String = "", after count: Int = 0) {
        state.withLockedValue { state in
            state.isHolding = true
            state.held = (part, count)
        }
    }

    package func release() { state.withLockedValue { $0.isHolding = false } }

    /// What came so far.
    package var calls: [ServedRequest] { state.withLockedValue { $0.calls } }

    package func forgetCalls() { state.withLockedValue { ($0.calls, $0.mostUnderWay) = ([], 0) } }

    /// Calls that are waiting for their answer, and how many ever did at the same time.
    package var underWay: (now: Int, most: Int) { state.withLockedValue { ($0.underWay, $0.mostUnderWay) } }
}
