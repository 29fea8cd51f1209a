// SPDX-License-Identifier: Apache-2.0

import Kubernetes

extension Resource {
    static let namespaces = Resource(group: "", version: "v1", plural: "namespaces", isNamespaced: false)
    static let unknown = Resource(
        group: "kargo.akuity.io",
        version: "v1",
        plural: "freights",
        isNamespaced: true
    )
}

/// Annotations as a merge patch.
struct AnnotationPatch: Encodable {
    let metadata: Metadata

    struct Metadata: Encodable { let annotations: [String: String] }

    init(_ annotations: [String: String]) { metadata = Metadata(annotations: annotations) }
}

/// Runs `body` with a client that is shut down afterwards.
func withClient<Result>(
    _ access: ClusterAccess,
    timeout: Duration = .seconds(60),
    watchIdleTimeout: Duration = .seconds(60),
    rereadInterval: Duration = .seconds(3600),
    _ body: (KubernetesClient) async throws -> Result
) async throws -> Result {
    let client = try KubernetesClient(
        access,
        timeout: timeout,
        watchIdleTimeout: watchIdleTimeout,
        rereadInterval: rereadInterval
    )
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}

/// The code with which `body` fails; nil if it does not.
func code(of body: () async throws -> Void) async -> KubernetesError.Code? {
    await error(of: body)?.code
}

func error(of body: () async throws -> Void) async -> KubernetesError? {
    do { try await body() } catch { return error as? KubernetesError }
    return nil
}
