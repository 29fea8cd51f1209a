// SPDX-License-Identifier: Apache-2.0

/// The pages of a list, each fetched when it is asked for, all of one state of the cluster.
///
/// A list that takes longer than the API server keeps old states (5 minutes) ends with `gone`: begin again.
package struct ObjectPages: AsyncSequence, Sendable {
    let client: KubernetesClient
    let call: Call

    package func makeAsyncIterator() -> Iterator { Iterator(client: client, call: call) }

    package struct Iterator: AsyncIteratorProtocol {
        private let client: KubernetesClient
        private let call: Call
        private var continuation: String?
        private var isDone = false

        init(client: KubernetesClient, call: Call) {
            self.client = client
            self.call = call
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(KubernetesError) -> ObjectPage? {
            guard !isDone else { return nil }
            var call = call
            if let continuation { call.query.append(("continue", continuation)) }
            let page = try await client.page(call)
            continuation = page.continuation
            isDone = page.continuation == nil
            return page
        }
    }
}
