// SPDX-License-Identifier: Apache-2.0

/// The objects of a made-up installation: a project is a namespace with a receiver, its Secret and Warehouses.
struct Fleet {
    let projects: Int
    let warehousesInProject: Int

    /// A large company: 100,000 Warehouses, 200,000 subscriptions, 1,000 receivers.
    static let large = Fleet(projects: 1000, warehousesInProject: 100)

    /// A project and its ten Warehouses.
    static let small = Fleet(projects: 1, warehousesInProject: 10)

    /// As many subscribers to the popular image as the large one has, and little else.
    static let popular = Fleet(projects: 1000, warehousesInProject: 1)

    /// The image that half of the projects build on.
    static let popularImage = "registry.example.com/base/debian"

    var warehouseCount: Int { projects * warehousesInProject }

    var description: String {
        "\(warehouseCount) Warehouses, \(2 * warehouseCount) subscriptions, \(projects) receivers"
    }

    static func project(_ project: Int) -> String { "team-\(1000 + project)" }
    static func secret(_ project: Int) -> String { "s3cr3t-of-\(Self.project(project))" }

    /// The image of an application, of which each stage has a Warehouse.
    static func image(_ project: Int, _ warehouse: Int) -> String {
        "registry.example.com/\(Self.project(project))/app-\(warehouse / 3)"
    }

    /// Receiver, Secret and Warehouses of a project, each without indentation and with a line break at its end.
    func objects(of project: Int) -> [String] {
        configuration(of: project) + (0..<warehousesInProject).map { warehouse(project, $0) }
    }

    /// A ProjectConfig with a Harbor receiver, and its Secret.
    private func configuration(of project: Int) -> [String] {
        let name = Self.project(project)
        return [
            """
            apiVersion: kargo.akuity.io/v1alpha1
            kind: ProjectConfig
            metadata:
              name: \(name)
              namespace: \(name)
            spec:
              webhookReceivers:
              - name: harbor
                harbor:
                  secretRef:
                    name: harbor-secret

            """,
            """
            apiVersion: v1
            kind: Secret
            metadata:
              name: harbor-secret
              namespace: \(name)
            stringData:
              auth-header: \(Self.secret(project))
            type: Opaque

            """,
        ]
    }

    /// A Warehouse with two subscriptions, an image and one that varies; metadata as in what kubectl prints.
    private func warehouse(_ project: Int, _ warehouse: Int) -> String {
        let number = project * warehousesInProject + warehouse
        let isPopular = warehouse == 0 && project.isMultiple(of: 2)
        let image = isPopular ? Self.popularImage : Self.image(project, warehouse)
        let others = [subscriptionToGit, subscriptionToChart]
        return """
            apiVersion: kargo.akuity.io/v1alpha1
            kind: Warehouse
            metadata:
              creationTimestamp: "2026-01-01T00:00:00Z"
              generation: 1
              name: app-\(warehouse)
              namespace: \(Self.project(project))
              resourceVersion: "\(100_000 + number)"
            spec:
              freightCreationPolicy: Automatic
              interval: 5m0s
              subscriptions:
              - image:
                  repoURL: \(image)
            \(Self.imageRules[(project + warehouse) % Self.imageRules.count])
            \(others[warehouse % 2](project, warehouse))

            """
    }

    private func subscriptionToGit(_ project: Int, _ warehouse: Int) -> String {
        """
          - git:
              repoURL: https://git.example.com/\(Self.project(project))/app-\(warehouse / 3).git
              branch: main
              includePaths:
              - \(warehouse % 4 == 0 ? "glob:services/app-\(warehouse)/**/*.yaml" : "services/app-\(warehouse)")
              excludePaths:
              - glob:**/*.md
        """
    }

    private func subscriptionToChart(_ project: Int, _ warehouse: Int) -> String {
        """
          - chart:
              repoURL: oci://registry.example.com/charts/\(Self.project(project))-\(warehouse % 7)
              semverConstraint: '>=\(warehouse % 5).\(project % 10).0-0 <\(warehouse % 5 + 1).0.0'
        """
    }

    private static let imageRules = [
        "      constraint: ^1.2.0",
        "      constraint: ~2.3 || ^3.0.0\n      strictSemvers: false",
        """
              imageSelectionStrategy: NewestBuild
              allowTagsRegexes:
              - ^(main|release-[0-9]+)-[0-9a-f]{7,40}$
        """,
        "      imageSelectionStrategy: Digest\n      constraint: latest",
        """
              constraint: '>=1.0.0-0'
              ignoreTagsRegexes:
              - -(alpha|beta|rc)\\.?[0-9]*$
        """,
    ]
}
