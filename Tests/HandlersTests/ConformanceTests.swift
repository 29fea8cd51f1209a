// SPDX-License-Identifier: Apache-2.0

import Handlers
import Subscriptions
import Testing

/// What holds for every provider.
///
/// A new one adds a line to ``Sample/all`` and passes.
@Suite struct ConformanceTests {
    /// A genuine delivery that has an effect.
    struct Sample: Sendable, CustomTestStringConvertible {
        let provider: Provider
        let fixture: String
        let headers: Headers

        /// The objects in the payload that the handler looks into.
        let reads: [String]

        static let all = [
            Sample(
                provider: .harbor,
                fixture: "harbor/default-push-artifact",
                headers: ["Authorization": "s3cr3t"],
                reads: ["event_data"]
            ),
            Sample(
                provider: .harbor,
                fixture: "harbor/cloudevents-artifact-pushed",
                headers: ["Authorization": "s3cr3t"],
                reads: ["data"]
            ),
            Sample(provider: .azure, fixture: "azure/acr-push", headers: [:], reads: ["target", "request"]),
            Sample(
                provider: .azure,
                fixture: "azure/devops-push",
                headers: [:],
                reads: ["resource", "repository"]
            ),
            Sample(
                provider: .dockerhub,
                fixture: "dockerhub/push",
                headers: [:],
                reads: ["push_data", "repository"]
            ),
            Sample(
                provider: .catalogue,
                fixture: "harbor/default-push-artifact",
                headers: ["Authorization": "s3cr3t"],
                reads: ["event_data", "repository"]
            ),
            Sample(
                provider: .catalogue,
                fixture: "harbor/cloudevents-scan-completed",
                headers: ["Authorization": "Harbor-Secret s3cr3t"],
                reads: ["data", "repository"]
            ),
            Sample(
                provider: .catalogue,
                fixture: "harbor/default-replication",
                headers: ["Authorization": "s3cr3t"],
                reads: ["event_data", "replication", "dest_resource"]
            ),
        ]

        var testDescription: String { fixture }

        func verdict(on body: [UInt8]) throws -> Verdict {
            let delivery = Delivery(headers: headers, body: body)
            return provider.handler.verdict(on: delivery, secret: try secret())
        }
    }

    @Test func `Every provider has a sample`() {
        #expect(Set(Sample.all.map(\.provider)) == Set(Provider.allCases))
    }

    @Test(arguments: Sample.all) func `A genuine delivery has an effect`(_ sample: Sample) throws {
        let name: String
        switch try sample.verdict(on: fixture(sample.fixture)) {
        case .refresh(let event):
            name = event.name
            #expect(!event.pushes.isEmpty)
        case .catalogue(let event, let objects, _):
            name = event
            #expect(!objects.isEmpty)
        case let other:
            Issue.record("\(other)")
            return
        }
        #expect(sample.provider.handler.events.contains(name))
    }

    @Test(arguments: Sample.all) func `Unknown fields do not matter`(_ sample: Sample) throws {
        let body = try fixture(sample.fixture)
        let extended =
            Array(#"{"future":{"a":[1,{"b":null}]},"#.utf8)
            + body.drop { $0 != UInt8(ascii: "{") }.dropFirst()
        #expect(try sample.verdict(on: extended) == sample.verdict(on: body))
    }

    @Test(arguments: Sample.all) func `A body cut anywhere has no effect`(_ sample: Sample) throws {
        let body = try fixture(sample.fixture)
        let end = try #require(body.lastIndex(of: UInt8(ascii: "}")))
        for length in 0...end {
            let verdict = try sample.verdict(on: Array(body[..<length]))
            #expect(verdict == .reject(.invalidBody()), "cut to \(length) bytes")
        }
    }

    static let garbage: [(name: String, body: [UInt8])] = [
        ("nothing", []),
        ("white space", Array("  \n".utf8)),
        ("no JSON", Array("payload=%7B%7D".utf8)),
        ("a string", Array(#""{""#.utf8)),
        ("a number", Array("1e999".utf8)),
        ("null", Array("null".utf8)),
        ("an array", Array("[{}]".utf8)),
        ("an empty object", Array("{}".utf8)),
        ("a NUL", Array("{\0}".utf8)),
        ("UTF-16", Array("{}".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })),
        ("invalid UTF-8", Array(#"{"type":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8)),
        ("100,000 nested arrays", [UInt8](repeating: UInt8(ascii: "["), count: 100_000)),
        (
            "100,000 nested arrays in an object",
            Array(#"{"a":"#.utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        ),
        (
            "100,000 nested and closed arrays",
            Array(#"{"a":"#.utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
                + [UInt8](repeating: UInt8(ascii: "]"), count: 100_000) + Array("}".utf8)
        ),
    ]

    @Test(arguments: Sample.all) func `Garbage is refused`(_ sample: Sample) throws {
        for (name, body) in Self.garbage {
            guard case .reject(let rejection) = try sample.verdict(on: body) else {
                Issue.record("\(name) was not refused")
                continue
            }
            #expect(rejection.status == 400, "\(name)")
        }
    }

    @Test(arguments: Sample.all) func `A value of another type than expected is refused`(
        _ sample: Sample
    ) throws {
        for wrong in ["[]", "1e999", "true", #""text""#] {
            for key in sample.reads {
                let original = String(decoding: try fixture(sample.fixture), as: UTF8.self)
                let body = original.replacing("\"\(key)\": {", with: "\"\(key)\": \(wrong), \"ignored\": {")
                try #require(body != original)
                guard case .reject = try sample.verdict(on: Array(body.utf8)) else {
                    Issue.record("\(key): \(wrong) was not refused")
                    continue
                }
            }
        }
    }

    @Test(arguments: Sample.all) func `A number no double can hold does not matter elsewhere`(
        _ sample: Sample
    ) throws {
        let body = try fixture(sample.fixture)
        for huge in ["1e999", "-1234567890123456789012345", "18446744073709551616", "0.1e-99999"] {
            let extended =
                Array(#"{"huge":\#(huge),"#.utf8) + body.drop { $0 != UInt8(ascii: "{") }.dropFirst()
            #expect(try sample.verdict(on: extended) == sample.verdict(on: body), "\(huge)")
        }
    }
}
