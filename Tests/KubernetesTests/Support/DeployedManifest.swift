// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Yams

/// A file of `deploy/kubernetes`.
struct DeployedManifest {
    let text: String
    let node: Node

    /// Also the name of everything in it.
    static let namespace = "webhook-fcgi"
    private static let folder = "deploy/kubernetes"

    init(_ file: String) throws {
        text = try Checkout.read("\(Self.folder)/\(file)")
        guard let node = try Yams.compose(yaml: text) else { throw Failure("\(file) is empty") }
        self.node = node
    }

    /// Every file but the one that lists them.
    static func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(Checkout.path)/\(folder)")
            .filter { $0 != "kustomization.yaml" }
    }

    /// Those that `kubectl apply -k` applies, in its order.
    static func applied() throws -> [String] {
        try DeployedManifest("kustomization.yaml").node["resources"]?.array().compactMap(\.string) ?? []
    }

    /// A file of the ConfigMap.
    static func configuration(_ name: String) throws -> String {
        guard let text = try DeployedManifest("configmap.yaml").node["data"]?[name]?.string else {
            throw Failure("no \(name) in the ConfigMap")
        }
        return text
    }

    /// Where its kind of object is made.
    func collection() throws -> String {
        guard let version = node["apiVersion"]?.string, let kind = node["kind"]?.string else {
            throw Failure("no object: \(text)")
        }
        let isNamespaced = !kind.hasPrefix("Cluster") && kind != "CustomResourceDefinition"
        return (version.contains("/") ? "/apis/" : "/api/") + version
            + (isNamespaced ? "/namespaces/\(Self.namespace)" : "") + "/\(kind.lowercased())s"
    }
}
