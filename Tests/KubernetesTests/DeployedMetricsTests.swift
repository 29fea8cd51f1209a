// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import Yams

/// `deploy/prometheus` and `deploy/grafana` ask for nothing that the program does not tell.
@Suite(.serialized, .threadsOfTheirOwn) struct DeployedMetricsTests {
    @Test func `promtool takes the alerts`() throws {
        let check = try Command([
            "promtool", "check", "rules", "\(Checkout.path)/deploy/prometheus/alerts.yaml",
        ])
        #expect(check.status == .exited(0), "\(check.output)\(check.errors)")
    }

    @Test func `The alerts come when they should, and only then`() throws {
        let tests = "\(Checkout.path)/deploy/prometheus/alerts-test.yaml"
        let check = try Command(["promtool", "test", "rules", tests])
        #expect(check.status == .exited(0), "\(check.output)\(check.errors)")
    }

    @Test func `Every alert says what to do`() throws {
        for rule in try rules() {
            #expect(rule["annotations"]?["summary"]?.string?.isEmpty == false)
            #expect((rule["annotations"]?["description"]?.string?.count ?? 0) > 60, "\(rule)")
            #expect(rule["labels"]?["severity"]?.string != nil)
        }
    }

    @Test func `Alerts and dashboard name only metrics and labels that there are`() throws {
        var expressions = try rules().compactMap { $0["expr"]?.string }
        let dashboard = try Yams.compose(yaml: Checkout.read("deploy/grafana/webhook-fcgi.json"))
        let root = try #require(dashboard)
        expressions += Self.strings(under: ["expr", "query"], in: root).filter { $0 != "prometheus" }
        #expect(expressions.count > 40)

        let exposed = try Site.with(Setup(start: .listening)) { site in try site.metrics() }
        let labels = Set(exposed.values.keys.flatMap { $0.matches(of: /[{,](\w+)="/).map { String($0.1) } })
        for expression in expressions {
            for name in Self.metrics(in: expression) {
                #expect(exposed.names.contains(name), "\(name) in \(expression)")
            }
            for label in Self.labels(in: expression) {
                #expect(labels.union(["instance", "job"]).contains(label), "\(label) in \(expression)")
            }
        }
    }

    @Test func `What the program tells is shown or watched`() throws {
        let shown = try ["prometheus/alerts.yaml", "grafana/webhook-fcgi.json"].map {
            try Checkout.read("deploy/\($0)")
        }.joined()
        let exposed = try Site.with(Setup(start: .listening)) { site in try site.metrics() }
        // Every process has much of it, and it says nothing.
        let families = exposed.types.keys.filter { $0 != "process_virtual_memory_bytes" }
        #expect(families.count > 20)
        for family in families { #expect(shown.contains(family), "\(family)") }
    }

    @Test func `The dashboard is JSON, and no two panels have the same place`() throws {
        let text = try Checkout.read("deploy/grafana/webhook-fcgi.json")
        let dashboard = try JSONDecoder().decode(Dashboard.self, from: Data(text.utf8))
        #expect(Set(dashboard.panels.map(\.id)).count == dashboard.panels.count)
        #expect(Set(dashboard.panels.map(\.gridPos)).count == dashboard.panels.count)
        #expect(dashboard.panels.allSatisfy { $0.gridPos.x + $0.gridPos.w <= 24 })
    }

    private struct Dashboard: Decodable {
        let panels: [Panel]

        struct Panel: Decodable {
            let id: Int
            let gridPos: Place
        }

        struct Place: Decodable, Hashable {
            let x: Int
            let y: Int
            let w: Int
        }
    }

    private func rules() throws -> [Node] {
        let alerts = try #require(try Yams.compose(yaml: Checkout.read("deploy/prometheus/alerts.yaml")))
        return alerts["groups"]?.array().flatMap { $0["rules"]?.array() ?? [] } ?? []
    }

    /// The values of these keys, however deep.
    private static func strings(under keys: Set<String>, in node: Node) -> [String] {
        switch node {
        case .mapping(let mapping):
            mapping.flatMap { key, value in
                let own = key.string.flatMap { keys.contains($0) ? value.string : nil }
                return (own.map { [$0] } ?? []) + strings(under: keys, in: value)
            }
        case .sequence(let sequence): sequence.flatMap { strings(under: keys, in: $0) }
        default: []
        }
    }

    /// What is left of an expression without texts, matchers, lists of labels, durations, numbers, and words of PromQL.
    private static func metrics(in expression: String) -> [String] {
        let bare = expression.replacing(/"[^"]*"/, with: "").replacing(/\{[^}]*\}/, with: " ")
            .replacing(/\[[^\]]*\]/, with: " ").replacing(/\b(by|on|ignoring) *\([^)]*\)/, with: " ")
            .replacing(/, *\w+\)/, with: ")").replacing(/offset +\w+/, with: " ")
        let words: Set = [
            "and", "or", "up", "time", "sum", "min", "max", "count", "rate", "increase", "topk",
            "histogram_quantile", "label_values",
        ]
        return bare.matches(of: /[a-zA-Z_:][\w:]*/).map { String($0.0) }.filter { !words.contains($0) }
    }

    private static func labels(in expression: String) -> [String] {
        let matchers = expression.matches(of: /[{,] *(\w+) *(=~|!~|!=|=)/).map { String($0.1) }
        let lists = expression.matches(of: /\b(by|on) *\(([^)]*)\)/).flatMap { match in
            match.2.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
        }
        return matchers + lists
    }
}
