// SPDX-License-Identifier: Apache-2.0

package import Kubernetes
internal import POSIX
package import Subscriptions

/// Patches a refresh's token onto its Warehouse through the Kubernetes API, as an annotation.
package struct KubernetesSink: Sink {
    package let kind = SinkKind.kubernetes
    package let batchSize = 1
    package let concurrentBatches: Int

    private let client: KubernetesClient
    private let fieldManager: String

    /// Connects to nothing yet.
    ///
    /// The API server notes under the name `fieldManager` who sets the annotation; a role needs the verb `patch` alone.
    package init(client: KubernetesClient, fieldManager: String, maxConcurrent: Int) {
        self.client = client
        self.fieldManager = fieldManager
        concurrentBatches = maxConcurrent
    }

    /// A patch of `example` that the API server takes through everything but etcd.
    package func check(_ example: Target?) async throws(SinkError) {
        guard let example else { return }
        do throws(KubernetesError) {
            try await patch(Refresh(target: example, token: .now()), isDryRun: true)
        } catch let error where error.code != .notFound {
            throw SinkError(error)
        } catch {
            // It was deleted after it had been listed, which says nothing about the others.
        }
    }

    package func deliver(_ refreshes: [Refresh]) async -> [Refresh: SinkError] {
        var failures: [Refresh: SinkError] = [:]
        for refresh in refreshes {
            do throws(KubernetesError) { try await patch(refresh) } catch {
                failures[refresh] = SinkError(error)
            }
        }
        return failures
    }

    private func patch(_ refresh: Refresh, isDryRun: Bool = false) async throws(KubernetesError) {
        try await client.mergePatch(
            .warehouses,
            namespace: refresh.target.namespace,
            name: refresh.target.name,
            ["metadata": ["annotations": [Refresh.annotation: "\(refresh.token)"]]],
            fieldManager: fieldManager,
            isDryRun: isDryRun
        )
    }
}
