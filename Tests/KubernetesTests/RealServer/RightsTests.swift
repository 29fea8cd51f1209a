// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension RealServerTests {
    /// The whole program with no more rights than it is said to need.
    @Suite struct RightsTests {
        @Test func `The program works with the role and the token of the deployment`() async throws {
            let deployment = try await Deployment.shared
            try await deployment.replace(try DeployedRole())
            let project = try await Project("rights-deployed")
            let setup = try setup(project, deployment.token)
            try await Site.with(setup) { site in try await expectWorking(site, project) }
        }

        @Test func `The program works with Roles in its namespaces and a ClusterRole for what is in none`()
            async throws
        {
            let project = try await Project("rights-narrow")
            let neighbour = try await Project("rights-neighbour")
            let (server, name) = (project.server, project.name)
            let system = "kargo-system-resources"
            _ = try await prepare(system)
            try await server.create(
                "/api/v1/namespaces/\(name)/serviceaccounts",
                #"{"metadata":{"name":"narrow"}}"#
            )
            let secrets = #"{"apiGroups":[""],"resources":["secrets"],"verbs":["get","list","watch"]}"#
            try await grant(
                project,
                "Role",
                in: name,
                secrets,
                rule(["projectconfigs", "warehouses"], ["list", "watch"]),
                rule(["warehouses"], ["patch"]),
                rule(["cataloguereceivers"], ["list", "watch"], of: "webhook-fcgi.dev")
            )
            try await grant(project, "Role", in: system, secrets)
            try await grant(project, "ClusterRole", in: nil, rule(["clusterconfigs"], ["list", "watch"]))

            let token = try await server.token(ofServiceAccount: "narrow", in: name)
            let setup = try setup(project, token, namespaces: [name])
            try await Site.with(setup) { site in
                try await expectWorking(site, project)
                expect(try site.nginx.exchange(try neighbour.push()), 404)
            }
        }

        private func setup(_ project: Project, _ token: String, namespaces: [String]? = nil) throws -> Setup {
            try project.setup(
                Setup(
                    files: try Project.kubeconfig(port: project.server.port, token: token),
                    readsCluster: true,
                    patchesCluster: true,
                    namespaces: namespaces
                )
            )
        }

        /// What is there, what is added, and a Secret that is asked for by name.
        private func expectWorking(_ site: Site, _ project: Project) async throws {
            let refreshed = #"{"msg":"refreshed 1 warehouse(s)"}"#
            try project.waitUntilServed(site)
            expect(try site.nginx.exchange(try project.push()), 200, refreshed)
            #expect(try await project.token() != nil)

            try await project.createWarehouse(1)
            try eventually("a new Warehouse is served: \(site.log)") {
                try site.nginx.exchange(try project.push(1)).body == refreshed
            }
            #expect(try await project.token(1) != nil)

            let secret = "Bearer \(Secrets.mark)-unlabelled"
            let namespace = "/namespaces/\(project.name)"
            try await project.server.create(
                "/api/v1\(namespace)/secrets",
                #"{"metadata":{"name":"unlabelled"},"stringData":{"auth-header":"\#(secret)"}}"#
            )
            try await project.server.mergePatch(
                "/apis/kargo.akuity.io/v1alpha1\(namespace)/projectconfigs/\(project.name)",
                #"{"spec":{"webhookReceivers":[{"name":"by-name","harbor":{"secretRef":{"name":"unlabelled"}}}]}}"#
            )
            let path = try project.path(of: "by-name", secret: secret)
            try eventually("a new receiver is served: \(site.log)") {
                try site.nginx.exchange(try project.push(to: path, secret: secret)).body == refreshed
            }
            #expect(!site.log.contains("forbid") && !site.log.contains("cannot"), "\(site.log)")
        }

        private func rule(
            _ resources: [String],
            _ verbs: [String],
            of group: String = "kargo.akuity.io"
        ) -> String {
            #"{"apiGroups":["\#(group)"],"resources":\#(resources),"verbs":\#(verbs)}"#
        }

        /// Makes a role of these rules, and binds the project's ServiceAccount to it.
        private func grant(
            _ project: Project,
            _ kind: String,
            in namespace: String?,
            _ rules: String...
        ) async throws {
            let place = namespace.map { "/namespaces/\($0)" } ?? ""
            let path = "/apis/rbac.authorization.k8s.io/v1\(place)/\(kind.lowercased())"
            let name = project.name
            try await project.server.create(
                "\(path)s",
                #"{"metadata":{"name":"\#(name)"},"rules":[\#(rules.joined(separator: ","))]}"#
            )
            try await project.server.create(
                "\(path)bindings",
                """
                {"metadata":{"name":"\(name)"},
                 "subjects":[{"kind":"ServiceAccount","name":"narrow","namespace":"\(name)"}],
                 "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"\(kind)","name":"\(name)"}}
                """
            )
        }
    }
}
