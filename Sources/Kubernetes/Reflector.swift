// SPDX-License-Identifier: Apache-2.0

internal import POSIX

/// Keeps up with all objects of a kind: lists them, and then watches what happens to them, for ever.
///
/// No event is missed: a watch goes on from the last version seen, and when the server does not know that one any
/// more, everything is listed again.
package struct Reflector: Sendable {
    package enum Change: Sendable {
        /// A page of a list; when the last has come, what no page held is gone.
        case listed([KubernetesObject], isFirst: Bool, isLast: Bool)

        /// An object was made or changed.
        case changed(KubernetesObject)

        /// An object is not there any more, or does not have the label any more.
        case deleted(KubernetesObject)

        /// A watch has begun: from now on changes come as they happen.
        case inTouch

        /// The server cannot be asked now; this is tried again and again.
        case failed(KubernetesError)
    }

    private let client: KubernetesClient
    private let resource: Resource
    private let namespace: String?
    private let labelSelector: String?

    private static let backOff = BackOff(to: .seconds(30))

    /// A watch that ends sooner has not worked.
    private static let shortestWatch = Duration.seconds(1)

    package init(
        _ client: KubernetesClient,
        _ resource: Resource,
        namespace: String? = nil,
        labelSelector: String? = nil
    ) {
        self.client = client
        self.resource = resource
        self.namespace = namespace
        self.labelSelector = labelSelector
    }

    /// Lists everything once.
    package func list(
        _ handle: @Sendable (Change) async -> Void
    ) async throws(KubernetesError) -> String {
        var pages = client.list(resource, namespace: namespace, labelSelector: labelSelector)
            .makeAsyncIterator()
        var isFirst = true
        var version = ""
        while let page = try await pages.next(isolation: nil) {
            version = page.resourceVersion
            await handle(.listed(page.items, isFirst: isFirst, isLast: page.isLast))
            isFirst = false
        }
        return version
    }

    /// Tells `handle` everything, in order, until the task is cancelled.
    package func run(_ handle: @Sendable (Change) async -> Void) async {
        var version: String?
        var failures = 0
        while !Task.isCancelled {
            var watch = Watch()
            let failure = await attempt(&version, &watch, handle)
            if Task.isCancelled { return }
            if watch.hasLasted || watch.hasEvents { failures = 0 }
            // Servers end a watch after some minutes, and nobody hears of a watch on which nothing happens.
            if watch.hasLasted, failure == nil || failure?.code == .timeout { continue }
            failures += 1
            if let failure {
                if failure.isOfVersion(watch.hasBegun) { version = nil }
                // What has just worked may only have been cut off; when it does not come back, that is told.
                let isExpected = watch.hasBegun || failure.code == .gone && failures == 1
                if !isExpected { await handle(.failed(failure)) }
            }
            let delay = Self.backOff.delay(afterAttempts: failures, atLeast: failure?.retryAfter)
            try? await Task.sleep(for: delay)
        }
    }

    /// How far an attempt came.
    private struct Watch {
        var began: ContinuousClock.Instant?
        var hasEvents = false

        var hasBegun: Bool { began != nil }
        var hasLasted: Bool { began.map { .now - $0 > shortestWatch } ?? false }
    }

    /// Lists if there is no version to go on from, and watches until the server ends it; nil, or why it failed.
    private func attempt(
        _ version: inout String?,
        _ watch: inout Watch,
        _ handle: @Sendable (Change) async -> Void
    ) async -> KubernetesError? {
        do throws(KubernetesError) {
            let start: String
            if let version { start = version } else { start = try await list(handle) }
            version = start
            var events = try await client.watch(
                resource,
                namespace: namespace,
                labelSelector: labelSelector,
                from: start
            ).makeAsyncIterator()
            watch.began = .now
            await handle(.inTouch)
            while let event = try await events.next(isolation: nil) {
                let next = try event.object.metadata.resourceVersion
                switch event.kind {
                case .added, .modified: await handle(.changed(event.object))
                case .deleted: await handle(.deleted(event.object))
                case .bookmark: break
                }
                if event.kind != .bookmark { watch.hasEvents = true }
                version = next ?? version
            }
            return nil
        } catch {
            return error
        }
    }
}

extension KubernetesError {
    /// Whether a watch from the same version would meet this again, so that only a new list leads on.
    ///
    /// `isInWatch` is whether the server had agreed to watch: then it is an event that it, or we, cannot read.
    fileprivate func isOfVersion(_ isInWatch: Bool) -> Bool {
        switch code {
        case .gone, .invalidResponse, .rejected: true
        case .serverError: isInWatch
        default: false
        }
    }
}
