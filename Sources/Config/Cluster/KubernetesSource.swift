// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers
package import Kubernetes

/// Kargo's objects in the cluster itself, followed as they change.
package struct KubernetesSource: LiveSource {
    private let client: KubernetesClient
    private let baseURL: BaseURL
    private let systemResourcesNamespace: String
    private let kinds: [FollowedKind]

    /// Changes come in bursts: one snapshot for all that come in this time.
    private static let gatheringTime = Duration.milliseconds(50)

    /// How often Secrets are looked at of which no watch tells.
    private static let lookUpInterval = Duration.seconds(30)

    /// `namespaces` is nil for all of them.
    package init(
        client: KubernetesClient,
        baseURL: BaseURL,
        namespaces: [String]?,
        systemResourcesNamespace: String
    ) {
        self.client = client
        self.baseURL = baseURL
        self.systemResourcesNamespace = systemResourcesNamespace
        kinds = FollowedKind.all(namespaces: namespaces, systemResourcesNamespace: systemResourcesNamespace)
    }

    package func load() async throws(SourceError) -> LoadResult {
        let objects = makeObjects()
        for kind in kinds {
            do throws(KubernetesError) {
                _ = try await reflector(of: kind).list { await objects.apply($0, to: kind) }
            } catch {
                throw SourceError(Problem(message: "the cluster cannot be read: \(error)"))
            }
        }
        await lookUpSecrets(for: objects)
        guard let (snapshot, _) = await objects.publish() else {
            throw SourceError(Problem(message: "the cluster cannot be read"))
        }
        return LoadResult(snapshot: snapshot, problems: await objects.allProblems, isComplete: true)
    }

    package func follow(_ report: @escaping @Sendable (SourceNews) -> Void) async {
        let objects = makeObjects()
        let health = SourceHealth(report)
        // Rung twice is rung once.
        let (changes, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            for kind in kinds {
                group.addTask {
                    await reflector(of: kind).run { change in
                        health.note(change, of: kind)
                        await objects.apply(change, to: kind)
                        bell.yield()
                    }
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.lookUpInterval)
                    await lookUpSecrets(for: objects)
                    bell.yield()
                }
            }
            for await _ in changes {
                if await objects.isComplete, await objects.isSecretUnknown {
                    await lookUpSecrets(for: objects)
                }
                if let (snapshot, problems) = await objects.publish() {
                    report(.changed(snapshot, problems: problems))
                }
                try? await Task.sleep(for: Self.gatheringTime)
            }
        }
    }

    private func makeObjects() -> ClusterObjects {
        ClusterObjects(kinds, baseURL: baseURL, systemResourcesNamespace: systemResourcesNamespace)
    }

    private func reflector(of kind: FollowedKind) -> Reflector {
        Reflector(client, kind.resource, namespace: kind.namespace, labelSelector: kind.labelSelector)
    }

    private func lookUpSecrets(for objects: ClusterObjects) async {
        for name in await objects.secretsToLookUp() {
            let result: Result<KubernetesObject, KubernetesError>
            do throws(KubernetesError) {
                result = .success(try await client.get(.secrets, namespace: name.namespace, name: name.name))
            } catch {
                result = .failure(error)
            }
            await objects.apply(result, to: name)
        }
    }
}

/// Whether the API server can be asked, told when it changes.
private final class SourceHealth: Sendable {
    private let failures = NIOLockedValueBox<[FollowedKind: String]>([:])
    private let report: @Sendable (SourceNews) -> Void

    init(_ report: @escaping @Sendable (SourceNews) -> Void) { self.report = report }

    func note(_ change: Reflector.Change, of kind: FollowedKind) {
        switch change {
        case .failed(let error):
            let isNew = failures.withLockedValue {
                $0.updateValue(error.description, forKey: kind) != error.description
            }
            if isNew { report(.failing(error.description)) }
        case .inTouch:
            let hasRecovered = failures.withLockedValue { failures in
                failures.removeValue(forKey: kind) != nil && failures.isEmpty
            }
            if hasRecovered { report(.recovered) }
        case .listed, .changed, .deleted: break
        }
    }
}
