// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
package import Kubernetes
internal import POSIX

/// Kargo's objects in the cluster itself, followed as they change.
package struct KubernetesSource: LiveSource {
    private let client: KubernetesClient
    private let baseURL: BaseURL
    private let systemResourcesNamespace: String
    private let kinds: [FollowedKind]

    /// How often Secrets are looked at of which no watch tells.
    private let lookUpInterval: Duration

    /// How long receivers wait for what is being found out about them.
    private let patience: Duration

    /// How soon a mapping is compiled again that could not be for want of a process.
    private let retryInterval: Duration
    private let makeMapping: Mapping.Compile

    /// Changes come in bursts: one snapshot for all that come in this time.
    private static let gatheringTime = Duration.milliseconds(50)

    /// `namespaces` is nil for all of them.
    package init(
        client: KubernetesClient,
        baseURL: BaseURL,
        namespaces: [String]?,
        systemResourcesNamespace: String
    ) {
        self.init(
            client: client,
            baseURL: baseURL,
            namespaces: namespaces,
            systemResourcesNamespace: systemResourcesNamespace,
            lookUpInterval: .seconds(30)
        )
    }

    init(
        client: KubernetesClient,
        baseURL: BaseURL,
        namespaces: [String]?,
        systemResourcesNamespace: String,
        lookUpInterval: Duration,
        patience: Duration = .seconds(2),
        retryInterval: Duration = .seconds(5),
        compile: @escaping Mapping.Compile = { definition throws(MappingError) in
            try Mapping.shared(definition)
        }
    ) {
        self.client = client
        self.baseURL = baseURL
        self.systemResourcesNamespace = systemResourcesNamespace
        self.lookUpInterval = lookUpInterval
        self.patience = patience
        self.retryInterval = retryInterval
        makeMapping = compile
        kinds = FollowedKind.all(namespaces: namespaces, systemResourcesNamespace: systemResourcesNamespace)
    }

    package var title: String { "the cluster" }
    package var isReadAsAWhole: Bool { false }

    package func load() async throws(SourceError) -> LoadResult {
        let objects = makeObjects()
        for kind in kinds {
            do throws(KubernetesError) {
                _ = try await reflector(of: kind).list { await objects.apply($0, to: kind) }
            } catch {
                await objects.apply(.failed(error), to: kind)
                guard await !objects.doesWithout(kind) else { continue }
                throw SourceError(Problem(message: "the cluster cannot be read: \(error)"))
            }
        }
        await lookUp(await objects.unlabelledSecrets(), for: objects)
        while case let next = await objects.nextUnknownMappings(), !next.isEmpty {
            for definition in next { await objects.apply(await compile(definition), to: definition) }
        }
        // Everything is listed: only a look-up that was cut off leaves anything to wait for.
        guard let (snapshot, _) = await objects.publish() else {
            throw SourceError(
                Problem(message: "the cluster cannot be read: looking up its Secrets was cut off, try again")
            )
        }
        return LoadResult(snapshot: snapshot, problems: await objects.allProblems)
    }

    package func follow(_ report: @escaping @Sendable (SourceNews) -> Void) async {
        let objects = makeObjects()
        let health = SourceHealth(report)
        let changes = Doorbell()
        let questions = Doorbell()
        await withDiscardingTaskGroup { group in
            for kind in kinds {
                group.addTask {
                    await reflector(of: kind).run { change in
                        await health.note(change, of: kind)
                        await objects.apply(change, to: kind)
                        changes.ring()
                        questions.ring()
                    }
                }
            }
            group.addTask { await lookAgain(at: objects, changes) }
            group.addTask { await answer(questions, about: objects, changes) }
            await publish(changes, of: objects, report)
        }
    }

    private func makeObjects() -> ClusterObjects {
        ClusterObjects(
            kinds,
            baseURL: baseURL,
            systemResourcesNamespace: systemResourcesNamespace,
            patience: patience
        )
    }

    private func reflector(of kind: FollowedKind) -> Reflector {
        Reflector(client, kind.resource, namespace: kind.namespace, labelSelector: kind.labelSelector)
    }
}

extension KubernetesSource {
    /// Reports a snapshot for every burst of changes.
    private func publish(
        _ changes: Doorbell,
        of objects: ClusterObjects,
        _ report: @Sendable (SourceNews) -> Void
    ) async {
        for await _ in changes.rings {
            if let (snapshot, problems) = await objects.publish() {
                report(.changed(snapshot, problems: problems))
            }
            try? await Task.sleep(for: Self.gatheringTime)
        }
    }

    /// Looks up, again and again, the Secrets of which no watch tells.
    private func lookAgain(at objects: ClusterObjects, _ changes: Doorbell) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: lookUpInterval)
            await lookUp(await objects.unlabelledSecrets(), for: objects)
            changes.ring()
        }
    }

    /// Looks up the Secrets of which nothing is known, and compiles new mappings, each as soon as there is room for it.
    private func answer(_ questions: Doorbell, about objects: ClusterObjects, _ changes: Doorbell) async {
        await withDiscardingTaskGroup { group in
            for await _ in questions.rings {
                let names = await objects.nextUnknownSecrets()
                for name in names {
                    group.addTask {
                        await objects.apply(await lookUp(name), to: name)
                        changes.ring()
                        questions.ring()
                    }
                }
                let mappings = await objects.nextUnknownMappings()
                for definition in mappings {
                    group.addTask {
                        let result = await compile(definition)
                        await objects.apply(result, to: definition)
                        changes.ring()
                        questions.ring()
                        guard result.isUnknown else { return }
                        try? await Task.sleep(for: retryInterval)
                        await objects.compileAgain(definition)
                        questions.ring()
                    }
                }
                guard !names.isEmpty || !mappings.isEmpty else { continue }
                group.addTask {
                    // By then nobody waits for them any more.
                    try? await Task.sleep(for: patience)
                    changes.ring()
                }
            }
        }
    }

    /// On a thread of its own: it blocks, and for as long as whoever wrote the mapping makes it.
    private func compile(_ definition: MappingDefinition) async -> Result<Mapping, MappingError> {
        await onThread { Result { () throws(MappingError) in try makeMapping(definition) } }
    }

    /// Looks all of them up, a few at a time.
    private func lookUp(_ names: [ObjectName], for objects: ClusterObjects) async {
        await withTaskGroup(of: Void.self) { group in
            for (index, name) in names.enumerated() {
                if index >= ClusterObjects.lookUpLimit { await group.next() }
                group.addTask { await objects.apply(await lookUp(name), to: name) }
            }
        }
    }

    /// Nil when the call was cut off, which says nothing about the Secret.
    private func lookUp(_ name: ObjectName) async -> Result<KubernetesObject, KubernetesError>? {
        let result: Result<KubernetesObject, KubernetesError>
        do throws(KubernetesError) {
            result = .success(try await client.get(.secrets, namespace: name.namespace, name: name.name))
        } catch {
            result = .failure(error)
        }
        return Task.isCancelled ? nil : result
    }
}
