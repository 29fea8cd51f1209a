// SPDX-License-Identifier: Apache-2.0

package import POSIX

/// A small client of the Kubernetes API: what watching a few kinds of objects and annotating them takes.
///
/// It repeats nothing but a call that was refused with 401, once, after reading the credentials anew; callers
/// know how long they can wait. Connections are kept alive and TLS is always verified. A call is cancelled with
/// its task.
package final class KubernetesClient: Sendable {
    /// Of the kubeconfig's context, or of the service account.
    package let namespace: String

    private let timeout: Duration
    private let transport: Transport
    private let authenticator: Authenticator

    /// Reads the certificates, and connects to nothing yet.
    ///
    /// `timeout` is how long a call may take, to the end of its reply, and before that a plugin for its credentials.
    /// `watchIdleTimeout` is how long nothing may come from a watch; servers send a bookmark every minute. `rereadInterval` is how long files with
    /// credentials may be changed before it is noticed; a refused call notices at once. `clock` is for the expiry
    /// of what a plugin gave, and there for tests.
    package init(
        _ access: ClusterAccess,
        timeout: Duration = .seconds(10),
        watchIdleTimeout: Duration = .seconds(150),
        rereadInterval: Duration = .seconds(5),
        clock: @escaping @Sendable () -> Timestamp = { Timestamp.now() }
    ) throws(KubernetesError) {
        _ = try TLSMaterial(access.cluster, access.credentials.certificate).configuration
        namespace = access.namespace
        self.timeout = timeout
        transport = Transport(access.cluster, timeout: timeout, watchIdleTimeout: watchIdleTimeout)
        authenticator = Authenticator(access, rereadInterval: rereadInterval, clock: clock)
    }

    /// Ends all connections and waits for it; calls in flight fail.
    ///
    /// There for tests: a client that nobody holds any more, and no call in flight does, ends its connections by itself.
    package func shutdown() async { await transport.shutdown() }

    /// One object; `namespace` is nil for one that lives in none.
    package func get(
        _ resource: Resource,
        namespace: String?,
        name: String
    ) async throws(KubernetesError) -> KubernetesObject {
        let call = Call(verb: .get, resource: resource, namespace: namespace, name: name)
        return KubernetesObject(json: try await reply(to: call, limit: objectLimit))
    }

    /// All objects, or those in one namespace, page by page.
    ///
    /// `labelSelector` is written as `kubectl -l` takes it.
    package func list(
        _ resource: Resource,
        namespace: String? = nil,
        labelSelector: String? = nil,
        pageSize: Int = 500
    ) -> ObjectPages {
        var call = Call(verb: .list, resource: resource, namespace: namespace, name: nil)
        call.query = [("limit", "\(pageSize)")] + selection(labelSelector)
        return ObjectPages(client: self, call: call)
    }

    /// What happens to these objects after `resourceVersion`, which a list or an earlier watch has given.
    ///
    /// The server ends the watch after `duration`. `lineLimit` is for one event, in bytes; etcd takes no object of
    /// more than 1.5 MiB.
    package func watch(
        _ resource: Resource,
        namespace: String? = nil,
        labelSelector: String? = nil,
        from resourceVersion: String,
        for duration: Duration = .seconds(300),
        lineLimit: Int = 8 << 20
    ) async throws(KubernetesError) -> WatchEvents {
        var call = Call(verb: .watch, resource: resource, namespace: namespace, name: nil)
        call.query =
            [
                ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", resourceVersion),
                ("timeoutSeconds", "\(max(1, duration.components.seconds))"),
            ] + selection(labelSelector)
        let body = try await authenticated(call) { call, session throws(KubernetesError) in
            try await self.transport.stream(call, session)
        }
        return WatchEvents(client: self, body: body, call: call, lineLimit: lineLimit)
    }

    /// Changes what `patch` names and leaves the rest as it is (JSON Merge Patch, RFC 7386).
    ///
    /// The API server notes under the name `fieldManager` who owns these fields. What it returns is the object as
    /// it is now, or would be: a dry run goes through access control and validation and stores nothing.
    @discardableResult
    package func mergePatch(
        _ resource: Resource,
        namespace: String?,
        name: String,
        _ patch: some Encodable,
        fieldManager: String,
        isDryRun: Bool = false
    ) async throws(KubernetesError) -> KubernetesObject {
        var call = Call(verb: .patch, resource: resource, namespace: namespace, name: name)
        call.query = [("fieldManager", fieldManager)]
        if isDryRun { call.query.append(("dryRun", "All")) }
        call.body = try JSON.encode(patch)
        return KubernetesObject(json: try await reply(to: call, limit: objectLimit))
    }

    func page(_ call: Call) async throws(KubernetesError) -> ObjectPage {
        let json = try await reply(to: call, limit: pageLimit)
        do throws(KubernetesError) { return try ObjectPage(json: json) } catch {
            throw error.doing(call.description)
        }
    }

    private func reply(to call: Call, limit: Int) async throws(KubernetesError) -> [UInt8] {
        try await authenticated(call) { call, session throws(KubernetesError) in
            try await self.transport.reply(to: call, session, limit: limit)
        }
    }

    /// Runs `body`, and once more with credentials read anew when the first were refused.
    private func authenticated<Value>(
        _ call: Call,
        _ body: (Call, Session) async throws(KubernetesError) -> Value
    ) async throws(KubernetesError) -> Value {
        do throws(KubernetesError) {
            let session = try await authenticator.session(within: timeout)
            do throws(KubernetesError) { return try await body(call, session) } catch {
                guard error.code == .unauthorized else { throw error }
                return try await body(
                    call,
                    try await authenticator.session(after: session, within: timeout)
                )
            }
        } catch {
            throw error.doing(call.description)
        }
    }

    private func selection(_ labelSelector: String?) -> [(name: String, value: String)] {
        labelSelector.map { [("labelSelector", $0)] } ?? []
    }
}

/// Of one object: etcd takes 1.5 MiB, and what the API server adds is less than that.
private let objectLimit = 16 << 20

/// Of a page of 500 objects, none of which should be much larger than 100 KiB.
private let pageLimit = 64 << 20
