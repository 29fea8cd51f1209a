// SPDX-License-Identifier: Apache-2.0

import Subscriptions
import TestSupport

@testable import Config

/// Loads the manifests in `folder` under `https://hooks.example.com/webhooks`.
func load(_ folder: TemporaryFolder) throws -> LoadResult {
    let source = DirectorySource(
        directory: folder.path,
        baseURL: try BaseURL("https://hooks.example.com/webhooks"),
        systemResourcesNamespace: "kargo-system-resources"
    )
    return try source.read()
}

/// Loads one file, `m.yaml`.
func load(_ manifests: String) throws -> LoadResult { try load(TemporaryFolder(["m.yaml": manifests])) }

extension LoadResult {
    /// The problems with the folder's path taken off.
    func messages(in folder: TemporaryFolder) -> [String] {
        problems.map { $0.description.replacing(folder.path + "/", with: "") }
    }

    /// `project/name` of every receiver.
    var receiverNames: [String] { snapshot.receivers.map { "\($0.project)/\($0.name)" } }

    /// The Warehouses that an image pushed to `repository` refreshes.
    func targets(ofImage repository: String) -> [String] {
        let push = Event.Push(repository: repository, kinds: [.image], qualifiers: .unknown)
        let event = Event(name: "push", pushes: [push])
        return snapshot.subscriptions.match(event, in: .cluster).targets.map(\.description)
    }
}

/// A project with one Harbor receiver and its Secret, `s3cr3t`.
let harborProject = """
    apiVersion: kargo.akuity.io/v1alpha1
    kind: ProjectConfig
    metadata: { name: kargo-demo, namespace: kargo-demo }
    spec:
      webhookReceivers:
      - name: harbor-wh-receiver
        harbor:
          secretRef: { name: harbor-wh-secret }
    ---
    \(harborSecret)
    """

let harborSecret = """
    apiVersion: v1
    kind: Secret
    metadata: { name: harbor-wh-secret, namespace: kargo-demo }
    data: { auth-header: czNjcjN0 }
    """

/// A Warehouse of the project `kargo-demo`.
func warehouse(_ name: String, image repository: String) -> String {
    """
    apiVersion: kargo.akuity.io/v1alpha1
    kind: Warehouse
    metadata: { name: \(name), namespace: kargo-demo }
    spec:
      subscriptions:
      - image: { repoURL: \(repository) }
    """
}
