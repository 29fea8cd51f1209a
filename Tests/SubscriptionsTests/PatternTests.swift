// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Subscriptions

@Suite("Patterns")
struct PatternTests {
    @Test("A regular expression matches anywhere in the text", arguments: PatternCase.regularExpressions)
    func regularExpression(example: PatternCase) throws {
        example.check(try RegularExpression(example.pattern).matches)
    }

    @Test(
        "What is no regular expression, or too large a one, is refused in RE2's words",
        arguments: ["(", "a**", "[z-a]", #"(a)\1"#, "(?=a)", "a{1001}", #"((\pL{10}){10}){10}"#]
    )
    func invalidRegularExpression(pattern: String) {
        let error = #expect(throws: SyntaxError.self) { try RegularExpression(pattern) }
        #expect(error?.grammar == .regularExpression)
        guard case .refused(let reason) = error?.code, !reason.isEmpty else {
            Issue.record("no reason given")
            return
        }
    }

    @Test("An expression that is too long is refused before RE2 sees it")
    func longRegularExpression() throws {
        #expect(try RegularExpression(String(repeating: "a", count: 4096)).matches("b") == false)
        InvalidCase(String(repeating: "a?", count: 100_000), .tooLong(limit: 4096))
            .check(.regularExpression) { try RegularExpression(String(repeating: "a?", count: 100_000)) }
    }

    @Test("A glob matches as in doublestar", arguments: PatternCase.globs)
    func glob(example: PatternCase) throws {
        example.check(try Glob(example.pattern).matches)
    }

    @Test("What is no glob is refused", arguments: InvalidCase.globs)
    func invalidGlob(pattern: InvalidCase) {
        pattern.check(.glob) { try Glob(pattern.text) }
    }

    @Test("A path pattern is a glob, a regular expression or a directory", arguments: PatternCase.paths)
    func path(example: PatternCase) throws {
        example.check(try PathPattern(example.pattern).matches)
    }

    @Test("A path pattern that is not valid says which language it broke")
    func invalidPath() {
        #expect(#expect(throws: SyntaxError.self) { try PathPattern("glob:[") }?.grammar == .glob)
        #expect(
            #expect(throws: SyntaxError.self) { try PathPattern("regex:[") }?.grammar == .regularExpression
        )
        #expect(
            #expect(throws: SyntaxError.self) { try PathPattern("regexp:[") }?.grammar == .regularExpression
        )
    }

    @Test(
        "Patterns that ruin backtracking matchers are matched in time",
        .timeLimit(.minutes(10)),
        arguments: ["(a+)+$", "(a|aa)+$", "(a*)*b", "(.*){10}x$"]
    )
    func linearRegularExpression(pattern: String) throws {
        let text = String(repeating: "a", count: 100_000) + "!"
        #expect(try !RegularExpression(pattern).matches(text))
    }

    @Test(
        "Globs that ruin backtracking matchers are matched in time",
        .timeLimit(.minutes(10)),
        arguments: [
            String(repeating: "*a", count: 30) + "*b",
            String(repeating: "**/", count: 30) + "b",
            String(repeating: "{a,aa}", count: 8) + "b",
            "**/*a*a*a/**/*a*a*a/**/b",
        ]
    )
    func linearGlob(pattern: String) throws {
        let text = String(repeating: "aaaaaaaaa/", count: 10_000) + String(repeating: "a", count: 1_000)
        #expect(try !Glob(pattern).matches(text))
    }

    @Test("Braces are multiplied out up to a limit")
    func expansion() throws {
        let product = try Glob(String(repeating: "{a,b}", count: 12))
        #expect(product.matches("abababababab"))
        #expect(!product.matches("abababababa"))
        let list = try Glob("{\((100..<400).map { "charts/\($0)" }.joined(separator: ","))}/**")
        #expect(list.matches("charts/399/values.yaml"))
        #expect(!list.matches("charts/400/values.yaml"))
    }

    @Test("One expression serves many threads at once")
    func concurrency() async throws {
        let glob = try Glob("**/*.{yaml,yml}")
        await withTaskGroup { group in
            for number in 0..<64 {
                group.addTask { glob.matches("a/b/\(number).yml") && !glob.matches("a/b/\(number).json") }
            }
            for await matched in group { #expect(matched) }
        }
    }
}
