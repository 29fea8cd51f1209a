// SPDX-License-Identifier: Apache-2.0

import Handlers
import Testing

/// The checklist for a provider that authenticates by a header.
@Suite struct HeaderAuthenticationTests {
    private func verdict(_ headers: Headers, secret value: String = "Bearer s3cr3t") throws -> Verdict {
        let delivery = Delivery(headers: headers, body: try fixture("harbor/default-push-artifact"))
        return Provider.harbor.handler.verdict(on: delivery, secret: try secret(value))
    }

    @Test func `The whole value is compared, scheme included`() throws {
        guard case .refresh = try verdict(["authorization": "Bearer s3cr3t"]) else {
            Issue.record("refused")
            return
        }
    }

    @Test(arguments: [
        "bearer s3cr3t", "Bearer s3cr3u", "Bearer s3cr3", "Bearer s3cr3tt", "s3cr3t", "Bearer", " ",
        "Bearer  s3cr3t",
        "Bearer s3cr3t, Bearer s3cr3t", "Bearer s3cr3t\0",
    ])
    func `Anything else is unauthorized`(_ value: String) throws {
        #expect(try verdict(["Authorization": value]) == .reject(.unauthorized))
    }

    @Test func `Every single flipped bit is noticed`() throws {
        let right = Array("Bearer s3cr3t".utf8)
        for index in right.indices {
            for bit in 0..<7 {
                var wrong = right
                wrong[index] ^= 1 << bit
                let value = String(decoding: wrong, as: UTF8.self)
                #expect(
                    try verdict(["Authorization": value]) == .reject(.unauthorized),
                    "byte \(index), bit \(bit)"
                )
            }
        }
    }

    @Test(arguments: [[:], ["Authorization": ""]] as [Headers])
    func `No value is missing authorization`(_ headers: Headers) throws {
        #expect(try verdict(headers) == .reject(.missingAuthorization))
    }

    @Test func `Two values are refused, even when one is right`() throws {
        let right = "Bearer s3cr3t"
        #expect(try verdict(["Authorization": right, "authorization": "x"]) == .reject(.unauthorized))
        #expect(try verdict(["Authorization": right, "authorization": right]) == .reject(.unauthorized))
    }

    @Test func `Without authorization the body is not even read`() throws {
        let delivery = Delivery(headers: [:], body: [0])
        #expect(
            Provider.harbor.handler.verdict(on: delivery, secret: try secret())
                == .reject(.missingAuthorization)
        )
    }

    @Test(arguments: [
        ("Bearer s3cr3t", SecretAge.current), ("Bearer before", .previous), ("Bearer befor", nil), ("", nil),
    ])
    func `The secret before is accepted too, and told apart`(_ value: String, _ age: SecretAge?) throws {
        let delivery = Delivery(
            headers: ["authorization": value],
            body: try fixture("harbor/default-push-artifact")
        )
        let outcome = Provider.harbor.handler.verdict(
            on: delivery,
            secret: try secret("Bearer s3cr3t"),
            previous: try secret("Bearer before")
        )
        #expect(outcome.age == age)
        if case .refresh = outcome.verdict { #expect(age != nil) } else { #expect(age == nil) }
    }

    @Test func `Once it is taken away it is wrong`() throws {
        #expect(try verdict(["Authorization": "Bearer before"]) == .reject(.unauthorized))
        #expect(try secret("a").age(of: "b", previous: nil) == nil)
        #expect(try secret("a").age(of: "a", previous: try secret("a")) == .current)
    }

    @Test func `A secret cannot be empty and never prints`() throws {
        #expect(Secret([]) == nil)
        let secret = try secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret) \(String(reflecting: secret)) \(dumped)".contains("hunter2") == false)
        #expect("\(secret)" == "<redacted>")
    }
}
