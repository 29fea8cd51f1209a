// SPDX-License-Identifier: Apache-2.0

import Kubernetes
import TestSupport
import Testing

extension RealServerTests {
    /// The objects of `deploy/kubernetes`, and what they allow.
    @Suite struct DeploymentTests {
        @Test func `The token is that of the ServiceAccount alone`() async throws {
            let deployment = try await Deployment.shared
            let reply = try await deployment.server.send(
                "POST",
                "/apis/authentication.k8s.io/v1/tokenreviews",
                #"{"spec":{"token":"\#(deployment.token)"}}"#
            )
            let user = #""username":"system:serviceaccount:webhook-fcgi:webhook-fcgi""#
            #expect(reply.body.contains(user), "\(reply.body)")
        }

        @Test func `The role is what the program needs and nothing more`() throws {
            let kargo = ["projectconfigs", "clusterconfigs", "warehouses"]
            let needed = ["list", "watch"].flatMap { verb in
                kargo.map { Permission(verb, "kargo.akuity.io", $0) } + [
                    Permission(verb, "", "secrets"),
                    Permission(verb, "webhook-fcgi.dev", "cataloguereceivers"),
                ]
            }
            // Secrets without Kargo's label are asked for by name.
            let getting = Permission("get", "", "secrets")
            let patching = Permission("patch", "kargo.akuity.io", "warehouses")
            let permissions = try DeployedRole().permissions
            #expect(Set(permissions) == Set(needed + [getting, patching]))
            #expect(permissions.count == Set(permissions).count)
        }

        @Test(arguments: try DeployedRole().permissions)
        func `Without a rule its calls alone are refused by its name, and work again with it`(
            _ permission: Permission
        ) async throws {
            let deployment = try await Deployment.shared
            let role = try DeployedRole()
            var lesser = role
            lesser.permissions.removeAll { $0 == permission }
            try await deployment.withClient { client in
                try await deployment.replace(role)
                try await wait { await error { try await permission.use(client) } == nil }
                try await deployment.replace(lesser)
                try await wait { await error { try await permission.use(client) } != nil }
                for each in role.permissions {
                    let code = await code { try await each.use(client) }
                    guard each == permission else {
                        #expect(code == nil, "\(each)")
                        continue
                    }
                    guard case .forbidden(let rule?) = code else {
                        Issue.record("\(String(describing: code))")
                        continue
                    }
                    #expect(Permission(rule.verb, rule.group, rule.resource) == permission)
                }
                try await deployment.replace(role)
                try await wait { await error { try await permission.use(client) } == nil }
            }
        }

        @Test(arguments: [
            ("POST", "/apis/kargo.akuity.io/v1alpha1/namespaces/deployed/warehouses"),
            ("PUT", "/apis/kargo.akuity.io/v1alpha1/namespaces/deployed/warehouses/deployed"),
            ("DELETE", "/apis/kargo.akuity.io/v1alpha1/namespaces/deployed/warehouses/deployed"),
            ("DELETE", "/apis/kargo.akuity.io/v1alpha1/namespaces/deployed/warehouses"),
            ("PATCH", "/apis/kargo.akuity.io/v1alpha1/namespaces/deployed/warehouses/deployed/status"),
            ("PATCH", "/apis/kargo.akuity.io/v1alpha1/namespaces/deployed/projectconfigs/deployed"),
            ("PATCH", "/apis/kargo.akuity.io/v1alpha1/clusterconfigs/deployed"),
            ("GET", "/apis/kargo.akuity.io/v1alpha1/namespaces/deployed/warehouses/deployed"),
            ("GET", "/apis/kargo.akuity.io/v1alpha1/namespaces/deployed/projectconfigs/deployed"),
            ("GET", "/apis/kargo.akuity.io/v1alpha1/clusterconfigs/deployed"),
            ("GET", "/apis/kargo.akuity.io/v1alpha1/namespaces/deployed/stages"),
            ("POST", "/api/v1/namespaces/deployed/secrets"),
            ("PATCH", "/api/v1/namespaces/deployed/secrets/deployed"),
            ("DELETE", "/api/v1/namespaces/deployed/secrets/deployed"),
            ("GET", "/api/v1/namespaces/deployed/configmaps"),
            ("GET", "/api/v1/namespaces"),
            ("POST", "/api/v1/namespaces/webhook-fcgi/serviceaccounts/webhook-fcgi/token"),
            ("PATCH", "/apis/rbac.authorization.k8s.io/v1/clusterroles/webhook-fcgi"),
        ])
        func `Anything else is refused`(_ method: String, _ path: String) async throws {
            let deployment = try await Deployment.shared
            let reply = try await deployment.server.send(method, path, "{}", token: deployment.token)
            #expect(reply.status == 403, "\(reply.body)")
            #expect(reply.body.contains("system:serviceaccount:webhook-fcgi:webhook-fcgi"))
        }

        /// The server learns of a role a moment after it was made.
        private func wait(_ isTrue: () async throws -> Bool) async throws {
            try await waitUntil("the role has an effect", isTrue)
        }
    }
}
