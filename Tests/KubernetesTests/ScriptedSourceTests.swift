// SPDX-License-Identifier: Apache-2.0

import Kubernetes
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Catalogue
@testable import Config

/// What a real API server cannot be made to do to whoever follows it.
@Suite struct ScriptedSourceTests {
    @Test func `Nothing is told before everything is listed`() async throws {
        try await follow { request in
            request.lists("secrets") ? [.stall] : request.isWatch ? Self.quietWatch : Self.list()
        } body: { server, listener in
            try await waitUntil("the others watched") { server.requests.count { $0.isWatch } == 4 }
            #expect(listener.snapshots.isEmpty)
        }
    }

    @Test(arguments: [
        #"{"type":"ERROR","object":{"code":410,"message":"too old"}}"#,
        #"{"type":"ERROR","object":{"code":500,"message":"unable to decode"}}"#,
        #"{"type":"MODIFIED","object":{}}"#, "nonsense",
    ])
    func `When a watch cannot go on, everything is listed again and nothing is missed`(
        _ event: String
    ) async throws {
        let old = Self.list(Self.warehouse("a", "x", 1), Self.warehouse("b", "x", 2))
        let new = Self.list(Self.warehouse("b", "y", 3), Self.warehouse("c", "x", 4))
        let lists = Counter()
        let watches = Counter()
        try await follow { request in
            if request.watches("warehouses") {
                return watches.next() == 0 ? Self.watch(event) : Self.quietWatch
            }
            if request.isWatch { return Self.quietWatch }
            guard request.lists("warehouses") else { return Self.list() }
            return lists.next() == 0 ? old : new
        } body: { _, listener in
            try await listener.wait("the new list") { $0.targets("r.example.com/y") == ["p/b"] }
            #expect(listener.snapshots.last?.targets("r.example.com/x") == ["p/c"])
            #expect(listener.snapshots.last?.warehouseCount == 2)
        }
    }

    /// Each of five kinds waits half a second at most after its first failure, and twice as long each time.
    @Test(arguments: [
        "an end", #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7"}}}"#,
        #"{"type":"ERROR","object":{"code":410}}"#, #"{"type":"ERROR","object":{"code":500}}"#, "nonsense",
    ])
    func `A server that ends every watch at once is not asked all the time`(_ event: String) async throws {
        try await follow { request in
            guard request.isWatch else { return Self.list() }
            return event == "an end" ? [.send(watchHead), .send(chunk(""))] : Self.watch(event)
        } body: { server, _ in
            try await waitUntil("all asked") { server.requests.count >= 8 }
            #expect(try await server.requestCount(in: .seconds(2)) <= 88)
        }
    }

    @Test func `A server that ends every watch after an event is not asked all the time`() async throws {
        let version = Counter()
        try await follow { request in
            guard request.isWatch else { return Self.list() }
            let warehouse = Self.warehouse("a", "x", 10 + version.next())
            return Self.watch(#"{"type":"MODIFIED","object":\#(warehouse)}"#)
        } body: { server, listener in
            try await waitUntil("all asked") { server.requests.count >= 8 }
            #expect(try await server.requestCount(in: .seconds(2)) <= 213)
            try await waitUntil("watches that began again are told") { listener.watchRestarts > 4 }
        }
    }

    @Test(arguments: [500, 410, 403])
    func `A server that refuses every list is not asked all the time, and that is told`(
        _ status: Int
    ) async throws {
        try await follow { _ in
            [.send(reply(status, "no"))]
        } body: { server, listener in
            // Of CatalogueReceivers that may not be read it is said once, and not that anything fails.
            let count = status == 403 ? 4 : 5
            try await waitUntil("all failed") { listener.failures.count >= count }
            #expect(try await server.requestCount(in: .seconds(2)) <= 44)
            #expect(listener.failures.count == count)
            #expect(listener.recoveries == 0)
        }
    }

    /// A 404 is that of a server without the CRD.
    @Test(arguments: [404, 403])
    func `Without CatalogueReceivers, or the right to read them, all else is served`(
        _ status: Int
    ) async throws {
        let isThere = NIOLockedValueBox(false)
        try await follow { request in
            guard request.contains("cataloguereceivers"), !isThere.withLockedValue(\.self) else {
                return request.isWatch
                    ? Self.quietWatch
                    : Self.list(request.lists("warehouses") ? Self.warehouse("a", "x", 1) : "")
            }
            return [.send(reply(status, "404 page not found"))]
        } body: { server, listener in
            try await listener.wait("the Warehouse") { $0.targets("r.example.com/x") == ["p/a"] }
            #expect(listener.failures.isEmpty)
            #expect((listener.snapshots.last?.unusable == nil) == (status == 403))
            let problems = listener.problems.filter {
                $0.message.contains("CatalogueReceivers cannot be read")
            }
            #expect(problems.count == (status == 403 ? 1 : 0), "\(listener.problems)")
            #expect(listener.problems.count == problems.count)
            // Somebody installs the CRD, or grants the right: no restart is needed.
            let before = server.requests.count { $0.contains("cataloguereceivers") }
            isThere.withLockedValue { $0 = true }
            try await waitUntil("they are looked at again") {
                server.requests.count { $0.watches("cataloguereceivers") } > 0
            }
            #expect(before > 0 && listener.failures.isEmpty)
            try await listener.wait("they are known") { $0.unusable == [] }
        }
    }

    @Test func `A mapping that takes long to compile keeps nobody else waiting`() async throws {
        // The time that jq takes for so many definitions grows with their square.
        let slow = (1..<8000).reduce(into: "def f0: 1;") { $0 += "def f\($1): f\($1 - 1);" } + "f7999"
        let receivers = [
            Self.catalogue("slow", Array(repeating: slow, count: 16), 3),
            Self.catalogue("quick", [".a"], 4),
        ]
        try await follow { request in
            if request.isWatch { return Self.quietWatch }
            if request.lists("secrets") { return Self.list(Self.catalogueSecret) }
            if request.lists("cataloguereceivers") { return Self.list(receivers[0], receivers[1]) }
            return Self.list(request.lists("warehouses") ? Self.warehouse("a", "x", 1) : "")
        } body: { server, listener in
            try await listener.wait("the others") {
                $0.targets("r.example.com/x") == ["p/a"] && $0.receiverNames == ["p/quick", "p/slow"]
                    && $0.obstructed.map(\.title) == ["p/slow"]
            }
            // Not for want of anything else, and not for ever.
            #expect(listener.problems.map(\.message).allSatisfy { $0.contains("is still being compiled") })
            try await waitUntil("it is compiled, or has had its time") {
                listener.snapshots.last?.obstructed.isEmpty == true
                    || listener.problems.contains { $0.message.contains("cannot be compiled") }
            }
        }
    }

    @Test func `A mapping for which there was no process is compiled when there is one`() async throws {
        let tries = NIOLockedValueBox(0)
        let isFree = NIOLockedValueBox(false)
        try await follow { request in
            if request.isWatch { return Self.quietWatch }
            if request.lists("secrets") { return Self.list(Self.catalogueSecret) }
            return Self.list(
                request.lists("cataloguereceivers") ? Self.catalogue("portal", [".a"], 3) : ""
            )
        } body: { _, listener in
            try await listener.wait("it takes deliveries") { $0.obstructed.map(\.title) == ["p/portal"] }
            try await waitUntil("it is tried again and again", within: .seconds(20)) {
                tries.withLockedValue(\.self) > 3
            }
            // What is as it was is not told.
            #expect(listener.snapshots.count == 1)
            #expect(
                listener.problems.map(\.message).contains { $0.contains("tried again and again: no process") }
            )
            isFree.withLockedValue { $0 = true }
            try await waitUntil("it is compiled", within: .seconds(20)) {
                listener.snapshots.last?.receivers.first?.catalogue != nil
            }
            #expect(listener.snapshots.count == 2)
        } compile: { definition throws(MappingError) in
            tries.withLockedValue { $0 += 1 }
            guard isFree.withLockedValue(\.self) else { throw MappingError(unavailable: "no process") }
            return try Mapping.shared(definition)
        }
    }

    @Test func `Only Secrets with the label, and those that are referred to, are read`() async throws {
        let config = """
            {"metadata":{"name":"p","namespace":"p","resourceVersion":"1"},
             "spec":{"webhookReceivers":[{"name":"a","harbor":{"secretRef":{"name":"s"}}}]}}
            """
        let secret = """
            {"metadata":{"name":"s","namespace":"p","resourceVersion":"2"},"data":{"auth-header":"czNjcjN0"}}
            """
        try await follow { request in
            if request.isWatch { return Self.quietWatch }
            if request.lists("projectconfigs") { return Self.list(config) }
            return request.contains("/namespaces/p/secrets/s") ? [.send(reply(200, secret))] : Self.list()
        } body: { server, listener in
            try await listener.wait("the receiver") { $0.receiverNames == ["p/a"] }
            let others = server.requests.filter { request in
                request.contains("/secrets")
                    && !request.contains("labelSelector=kargo.akuity.io%2Fcred-type%3Dgeneric")
            }
            let paths = others.map { $0.split(separator: " ")[1] }
            #expect(paths == ["/api/v1/namespaces/p/secrets/s"])
            #expect(listener.snapshots.count == 1)
        }
    }

    @Test func `A Secret that cannot be read costs its receiver, and says why`() async throws {
        let config = """
            {"metadata":{"name":"p","namespace":"p","resourceVersion":"1"},
             "spec":{"webhookReceivers":[{"name":"a","harbor":{"secretRef":{"name":"s"}}}]}}
            """
        try await follow { request in
            if request.isWatch { return Self.quietWatch }
            if request.lists("projectconfigs") { return Self.list(config) }
            if request.lists("warehouses") { return Self.list(Self.warehouse("a", "x", 1)) }
            guard request.contains("/namespaces/p/secrets/s") else { return Self.list() }
            return [.send(reply(403, #"{"message":"secrets is forbidden: cannot get resource"}"#))]
        } body: { _, listener in
            try await listener.wait("the rest") { $0.targets("r.example.com/x") == ["p/a"] }
            #expect(listener.snapshots.last?.receivers.isEmpty == true)
            #expect(listener.problems.contains { $0.message.contains(#"verbs: ["get"], in namespace 'p'"#) })
        }
    }

    @Test func `A Secret that is not answered for holds up its receiver alone`() async throws {
        let isLater = NIOLockedValueBox(false)
        let old = Self.config(["a": "s"], 1)
        let new = Self.config(["a": "hanging", "b": "hanging", "c": "s"], 6)
        try await follow { request in
            if request.contains("/secrets/hanging") { return [.stall] }
            if request.contains("/secrets/s ") { return [.send(reply(200, Self.secret))] }
            if request.isWatch {
                guard isLater.withLockedValue({ $0 }) else { return Self.watch(Self.bookmark) }
                if request.watches("projectconfigs") {
                    return Self.watch(#"{"type":"MODIFIED","object":\#(new)}"#)
                }
                return request.watches("warehouses")
                    ? Self.watch(#"{"type":"ADDED","object":\#(Self.warehouse("a", "x", 7))}"#)
                    : Self.quietWatch
            }
            return request.lists("projectconfigs") ? Self.list(old) : Self.list()
        } body: { server, listener in
            try await listener.wait("the receiver") { $0.receiverNames == ["p/a"] }
            let path = listener.snapshots.last?.receivers.map(\.path)
            isLater.withLockedValue { $0 = true }
            try await listener.wait("the others") {
                $0.receiverNames.sorted() == ["p/a", "p/c"] && $0.targets("r.example.com/x") == ["p/a"]
            }
            #expect(listener.snapshots.last?.receivers.filter { $0.name == "a" }.map(\.path) == path)
            #expect(listener.snapshots.allSatisfy { $0.receiverNames.contains("p/a") })
            #expect(server.requests.count { $0.contains("/secrets/hanging") } == 1)
        }
    }

    @Test func `A Secret that lost its label counts for as long as its look-up is not answered`() async throws
    {
        let names = NIOLockedValueBox(["a"])
        try await follow(patience: .milliseconds(100)) { request in
            if request.contains("/secrets/s ") { return [.stall] }
            if request.isWatch {
                let names = names.withLockedValue { $0 }
                guard names.count > 1 else { return Self.watch(Self.bookmark) }
                if request.watches("secrets") {
                    return Self.watch(#"{"type":"DELETED","object":\#(Self.secret)}"#)
                }
                let receivers = Dictionary(uniqueKeysWithValues: names.map { ($0, "s") })
                let config = Self.config(receivers, 5 + names.count)
                return request.watches("projectconfigs")
                    ? Self.watch(#"{"type":"MODIFIED","object":\#(config)}"#) : Self.quietWatch
            }
            if request.lists("secrets") { return Self.list(Self.secret) }
            return request.lists("projectconfigs") ? Self.list(Self.config(["a": "s"], 1)) : Self.list()
        } body: { server, listener in
            try await listener.wait("the receiver") { $0.receiverNames == ["p/a"] }
            names.withLockedValue { $0.append("b") }
            try await waitUntil("it is looked up") { server.requests.contains { $0.contains("/secrets/s ") } }
            try await listener.wait("the new receiver") { $0.receiverNames.sorted() == ["p/a", "p/b"] }
            // Nor does any later look at it forget it.
            names.withLockedValue { $0.append("c") }
            try await listener.wait("one more") { $0.receiverNames.sorted() == ["p/a", "p/b", "p/c"] }
            #expect(listener.snapshots.allSatisfy { $0.receiverNames.contains("p/a") })
            #expect(listener.problems.isEmpty)
        }
    }

    @Test func `Many Secrets that are not answered for are looked up a few at a time`() async throws {
        let secrets = Dictionary(uniqueKeysWithValues: (0..<20).map { ("r\($0)", "hanging-\($0)") })
        try await follow { request in
            if request.contains("/secrets/hanging") { return [.stall] }
            if request.isWatch { return Self.quietWatch }
            return request.lists("projectconfigs") ? Self.list(Self.config(secrets, 1)) : Self.list()
        } body: { server, listener in
            try await waitUntil("they are looked up") {
                server.requests.count { $0.contains("/hanging") } >= 8
            }
            try await Task.sleep(for: .seconds(1))
            #expect(server.requests.count { $0.contains("/hanging") } == 8)
            #expect(listener.snapshots.isEmpty)
        }
    }

    private func follow(
        patience: Duration = .seconds(2),
        _ script: @escaping @Sendable (String) -> [ScriptedServer.Step],
        body: (ScriptedServer, SourceListener) async throws -> Void,
        compile: @escaping Mapping.Compile = { definition throws(MappingError) in
            try Mapping.shared(definition)
        }
    ) async throws {
        let server = try await ScriptedServer { _, request in script(request) }
        let source = KubernetesSource(
            client: try KubernetesClient(server.access, timeout: .seconds(600)),
            baseURL: try BaseURL("https://hooks.example.com"),
            namespaces: nil,
            systemResourcesNamespace: "system",
            lookUpInterval: .seconds(30),
            patience: patience,
            retryInterval: .milliseconds(20),
            compile: compile
        )
        try await SourceListener.follow(source) { listener in try await body(server, listener) }
        try await server.stop()
    }

    private static func list(_ items: String...) -> [ScriptedServer.Step] {
        let list = items.joined(separator: ",")
        return [.send(reply(200, #"{"metadata":{"resourceVersion":"5"},"items":[\#(list)]}"#))]
    }

    /// A ProjectConfig whose receivers refer to these Secrets.
    private static func config(_ receivers: [String: String], _ version: Int) -> String {
        let list = receivers.map { #"{"name":"\#($0)","harbor":{"secretRef":{"name":"\#($1)"}}}"# }
        return """
            {"metadata":{"name":"p","namespace":"p","resourceVersion":"\(version)"},
             "spec":{"webhookReceivers":[\(list.joined(separator: ","))]}}
            """.replacing("\n", with: "")
    }

    /// A CatalogueReceiver whose mapping has these expressions, and the Secret of all of them.
    private static func catalogue(_ name: String, _ expressions: [String], _ version: Int) -> String {
        let properties = expressions.enumerated().map { "\"p\($0)\":\"\($1)\"" }.joined(separator: ",")
        return """
            {"metadata":{"name":"\(name)","namespace":"p","resourceVersion":"\(version)"},"spec":{
            "secretRef":{"name":"s"},"harbor":{"url":"https://h.example.com","credentialsRef":{"name":"s"}},
            "sink":{"port":{"url":"https://api.port.io","credentialsRef":{"name":"s"}}},
            "mapping":{"resources":[{"kind":"artifact","selector":{"query":"true"},"port":{"entity":{"mappings":{
            "identifier":".digest","blueprint":".digest","properties":{\(properties)}}}}}]}}}
            """.replacing("\n", with: "")
    }

    private static let catalogueSecret = """
        {"metadata":{"name":"s","namespace":"p","resourceVersion":"2"},"data":{"webhook-secret":"czNjcjN0",
        "username":"cw==","password":"cw==","client-id":"cw==","client-secret":"cw=="}}
        """.replacing("\n", with: "")

    private static let secret =
        #"{"metadata":{"name":"s","namespace":"p","resourceVersion":"2"},"data":{"auth-header":"czNjcjN0"}}"#

    private static let bookmark =
        #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"5"}}}"#

    private static let quietWatch: [ScriptedServer.Step] = [.send(watchHead), .stall]

    /// A watch that ends after one event.
    private static func watch(_ event: String) -> [ScriptedServer.Step] {
        [.send(watchHead), .send(chunk(event + "\n")), .send(chunk(""))]
    }

    private static func warehouse(_ name: String, _ repository: String, _ version: Int) -> String {
        """
        {"metadata":{"name":"\(name)","namespace":"p","resourceVersion":"\(version)"},
         "spec":{"subscriptions":[{"image":{"repoURL":"r.example.com/\(repository)"}}]}}
        """.replacing("\n", with: "")
    }
}

extension String {
    fileprivate var isWatch: Bool { contains("watch=true") }

    fileprivate func lists(_ plural: String) -> Bool { contains("/\(plural)?limit=") }

    fileprivate func watches(_ plural: String) -> Bool { contains("/\(plural)?watch=true") }
}
