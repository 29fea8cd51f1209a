// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Config

@Suite struct FollowedKindTests {
    private func followed(_ namespaces: [String]?) -> [String] {
        FollowedKind.all(namespaces: namespaces, systemResourcesNamespace: "system").map { kind in
            "\(kind.kind.rawValue) \(kind.namespace ?? "*")"
        }
    }

    @Test func `Without a choice, all namespaces are followed`() {
        #expect(
            followed(nil) == [
                "ClusterConfig *", "ProjectConfig *", "Warehouse *", "Secret *", "CatalogueReceiver *",
            ]
        )
    }

    @Test(arguments: [["a"], ["a", "a"]])
    func `The cluster's Secrets are followed besides the namespaces that are chosen`(_ namespaces: [String]) {
        #expect(
            followed(namespaces) == [
                "ClusterConfig *", "ProjectConfig a", "Warehouse a", "Secret a", "CatalogueReceiver a",
                "Secret system",
            ]
        )
    }

    @Test func `No kind is followed twice in a namespace`() {
        #expect(
            followed(["system"]) == [
                "ClusterConfig *", "ProjectConfig system", "Warehouse system", "Secret system",
                "CatalogueReceiver system",
            ]
        )
    }
}
