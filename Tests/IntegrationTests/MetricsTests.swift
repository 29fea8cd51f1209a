// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// What `/metrics` tells of what the program has done.
    @Suite struct MetricsTests {
        private static let limits = "limits: { bodyBytes: 5000 }"

        @Test func `Every delivery is counted once, by what became of it`() throws {
            try Site.with(Setup(settings: [Self.limits])) { site in
                let push = Payload.harborPush()
                expect(try site.deliver(push), 200)
                expect(try site.deliver(push), 200)
                expect(try site.deliver(Payload.harborPush(of: "registry.example.com/unknown")), 200)
                expect(try site.deliver(Checkout.payload("harbor/default-pull-artifact")), 200)
                expect(try site.deliver(Array(#"{"type":"zanzibar","n":1}"#.utf8)), 200)
                expect(try site.deliver(Array("[]".utf8)), 400)
                expect(try site.deliver(Payload.harborPush(paddedTo: 5001)), 413)
                for value in ["wrong", ""] {
                    var request = try site.request()
                    request.headers = [("Authorization", value)]
                    expect(try site.nginx.exchange(request), 401)
                }
                let get = HTTPRequest(method: "GET", path: try site.path(of: "harbor-receiver"))
                expect(try site.nginx.exchange(get), 405)
                expect(try site.deliver(Checkout.payload("dockerhub/push"), to: "dockerhub-receiver"), 200)
                let before = try site.metrics()[
                    #"webhook_fcgi_unrouted_requests_total{reason="unknown_path"}"#
                ]
                for path in ["/zanzibar", "/webhooks/harbor/zanzibar"] {
                    expect(try site.nginx.exchange(HTTPRequest(path: path)), 404)
                }

                let metrics = try site.metrics()
                for (event, outcome, count) in [
                    ("PUSH_ARTIFACT", "refreshed", 1.0), ("PUSH_ARTIFACT", "duplicate", 1),
                    ("PUSH_ARTIFACT", "unmatched", 1), ("PUSH_ARTIFACT", "accepted", 0),
                    ("PULL_ARTIFACT", "ignored", 1), ("other", "ignored", 1), ("none", "invalid", 1),
                    ("none", "too_large", 1), ("none", "unauthorized", 2), ("none", "method_not_allowed", 1),
                ] {
                    #expect(
                        metrics.deliveries("harbor-receiver", event, outcome) == count,
                        "\(event) \(outcome)"
                    )
                }
                #expect(metrics.deliveries("dockerhub-receiver", "push", "refreshed") == 1)
                #expect(metrics.sum("webhook_fcgi_deliveries_total") == 11)
                #expect(metrics.sum("webhook_fcgi_authentication_failures_total") == 2)
                let unknown = metrics[#"webhook_fcgi_unrouted_requests_total{reason="unknown_path"}"#]
                #expect(unknown - before == 2)
                #expect(metrics["webhook_fcgi_reply_duration_seconds_count"] == 11 + unknown)
                #expect(metrics["webhook_fcgi_commit_deliveries_sum"] == 6)
                #expect(metrics[#"webhook_fcgi_refreshes_total{sink="file",outcome="delivered"}"#] == 2)
                #expect(metrics[#"webhook_fcgi_sink_duration_seconds_count{sink="file"}"#] == 2)
                #expect(!metrics.values.keys.contains { $0.contains("zanzibar") })
            }
        }

        @Test func `What it holds, waits for and was told is known`() throws {
            let folder = try BlockableFolder()
            try Site.with(Setup(sink: folder.path, confirmTimeout: "50ms")) { site in
                try eventually("it is known to be ready") { try site.metrics()["webhook_fcgi_ready"] == 1 }
                var metrics = try site.metrics()
                #expect(metrics["webhook_fcgi_snapshot_receivers"] == 4)
                #expect(metrics["webhook_fcgi_snapshot_warehouses"] == 8)
                #expect(metrics["webhook_fcgi_snapshot_subscriptions"] == 8)
                #expect(metrics["webhook_fcgi_sink_fresh"] == 1)
                #expect(metrics["webhook_fcgi_source_fresh"] == 1)
                #expect(metrics["webhook_fcgi_processes"] == 1)
                #expect(metrics["process_resident_memory_bytes"] > 1_000_000)
                #expect(metrics["process_open_fds"] > 3)
                #expect(metrics["process_start_time_seconds"] > 1_700_000_000)

                try folder.block()
                expect(try site.deliver(), 202)
                try eventually("a refresh is known to wait: \(site.log)") {
                    metrics = try site.metrics()
                    return metrics["webhook_fcgi_outbox_failing_refreshes"] == 1
                        && metrics["webhook_fcgi_outbox_oldest_pending_age_seconds"] > 1
                }
                #expect(metrics["webhook_fcgi_outbox_pending_refreshes"] == 1)
                #expect(metrics["webhook_fcgi_sink_fresh"] == 0)
                #expect(metrics[#"webhook_fcgi_refreshes_total{sink="file",outcome="failed"}"#] > 0)
                #expect(metrics.deliveries("harbor-receiver", "PUSH_ARTIFACT", "accepted") == 1)
                try folder.unblock()
                try eventually("nothing waits") {
                    try site.metrics()["webhook_fcgi_outbox_pending_refreshes"] == 0
                }
            }
        }

        @Test func `Commits that fail are counted, while the state's disk cannot be written, too`() throws {
            let folder = try BlockableFolder()
            try Site.with(Setup(state: folder.path)) { site in
                try folder.block()
                expect(try site.deliver(), 503)
                let metrics = try site.metrics()
                #expect(metrics["webhook_fcgi_commit_errors_total"] == 1)
                #expect(metrics.deliveries("harbor-receiver", "PUSH_ARTIFACT", "not_stored") == 1)
                try eventually("it is known not to be ready") {
                    try site.metrics()["webhook_fcgi_ready"] == 0
                }
            }
        }

        @Test func `A receiver that is gone is told of no more, and the others go on counting`() throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                try site.folder.write("", to: "manifests/cluster.yaml")
                try site.folder.write("nonsense: true", to: "wrong.yaml")
                site.responder.signal(SIGHUP)
                try eventually("a reload") { site.log.contains("reloaded") }
                let config = site.folder.read("config.yaml")
                try site.folder.write("nonsense: true", to: "config.yaml")
                site.responder.signal(SIGHUP)
                try eventually("a failed reload") { site.log.contains("reload failed") }
                try site.folder.write(config, to: "config.yaml")
                expect(try site.deliver(), 200)

                let metrics = try site.metrics()
                #expect(!metrics.values.keys.contains { $0.contains("cluster-receiver") })
                #expect(metrics.deliveries("harbor-receiver", "PUSH_ARTIFACT", "refreshed") == 2)
                #expect(metrics["webhook_fcgi_snapshot_receivers"] == 3)
                #expect(metrics["webhook_fcgi_source_fresh"] == 0)
                #expect(metrics[#"webhook_fcgi_reloads_total{outcome="success"}"#] == 1)
                #expect(metrics[#"webhook_fcgi_reloads_total{outcome="failure"}"#] == 1)
            }
        }

        @Test func `promtool finds nothing to complain about`() throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                let reply = try site.status("/metrics")
                #expect(reply["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
                let file = try site.folder.write(reply.body, to: "metrics")
                let check = try Command(["sh", "-c", "promtool check metrics < \(file)"])
                #expect(check.status == .exited(0), "\(check.output)\(check.errors)")
                #expect(check.output + check.errors == "")
            }
        }
    }
}
