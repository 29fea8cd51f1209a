// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Subscriptions

@Suite("What nobody would write", .threadsOfTheirOwn)
struct FuzzTests {
    @Test(
        "Every property holds of mutations of the tables",
        .timeLimit(.minutes(10)),
        arguments: Property.allCases
    )
    func mutations(property: Property) {
        var mutator = Mutator(seed: 1, tokens: Property.tokens)
        let examples = property.examples.map { Array($0.utf8) }
        for _ in 0..<4000 {
            // Bytes that are no text any more become U+FFFD.
            let input = String(decoding: mutator.mutation(of: examples), as: UTF8.self)
            if let violation = property.violation(input) { Issue.record("\(violation)") }
        }
    }

    @Test("Every property holds of the corpus", arguments: Property.allCases)
    func corpus(property: Property) throws {
        let inputs = try Checkout.corpus(property.rawValue)
        #expect(!inputs.isEmpty)
        for input in inputs { #expect(property.violation(String(decoding: input, as: UTF8.self)) == nil) }
    }

    @Test("Four times the text takes no more than about four times as long", arguments: Property.allCases)
    func linear(property: Property) {
        for (number, shape) in property.nastyShapes.enumerated() {
            // Quadratic would be sixteen times; what is too quick to be measured is quick enough.
            let floor = Duration.milliseconds(20)
            var (short, long) = (Duration.seconds(60), Duration.seconds(60))
            for _ in 0..<3 {
                short = min(short, time { _ = property.violation(shape(property.longLength / 4)) })
                long = min(long, time { _ = property.violation(shape(property.longLength)) })
                if long < max(short, floor) * 10 { break }
            }
            #expect(long < max(short, floor) * 10, "shape \(number): \(short), then \(long)")
        }
    }

    /// What `body` takes of this thread's time, whatever else the machine does meanwhile.
    private func time(_ body: () -> Void) -> Duration {
        let start = threadTime
        body()
        return threadTime - start
    }

    private var threadTime: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

extension Property {
    /// What means something to one of the languages, or to Unicode.
    fileprivate static let tokens = [
        "/", "//", ".", "..", ":", "@", "-", "+", "v", "||", ",", " ", "^", "~", ">=", "!=", "x", "*", "**",
        "?",
        "{", "}", "[", "]", "[!", "\\", "(", ")", "(?i)", "|", "{2,9}", "$", "\n", "\0", "\r\n", "\t", ".git",
        "oci://", "https://", "ssh://", "docker.io/", "library/", "glob:", "regex:", "18446744073709551616",
        "00",
        "\u{1F1E9}", "\u{301}", "\u{200B}", "\u{130}", "\u{FEFF}", "\u{E000}",
    ]

    /// Inputs from the tables.
    fileprivate var examples: [String] {
        switch self {
        case .repository: (RepositoryKeyTests.git + RepositoryKeyTests.image).map(\.0)
        case .version: VersionTests.ordered.joined() + VersionConstraintTests.versions
        case .constraint:
            ConstraintCase.all.map { "\($0.constraint)\n\(($0.accepted + $0.refused).first ?? "")" }
        case .regularExpression: PatternCase.regularExpressions.map(\.input)
        case .glob: PatternCase.globs.map(\.input) + InvalidCase.globs.map(\.text)
        case .path: PatternCase.paths.map(\.input)
        }
    }

    /// In pieces of a shape; some of these languages refuse more, and then the limit is what has to hold.
    fileprivate var longLength: Int {
        switch self {
        case .repository: 16_000
        case .version: 248
        case .constraint, .regularExpression, .glob: 4000
        case .path: 40_000
        }
    }

    /// Texts of a length that is asked for, each made to hurt something.
    fileprivate var nastyShapes: [(Int) -> String] {
        func row(_ piece: String, in frame: String = "…") -> (Int) -> String {
            { frame.replacing("…", with: String(repeating: piece, count: $0)) }
        }
        func share(_ piece: String, in frame: String = "…") -> (Int) -> String {
            { row(piece, in: frame)($0 / piece.utf8.count) }
        }
        switch self {
        case .repository:
            // Flags: where one of them begins depends on how many come before it.
            let pieces = [
                "\u{1F1E9}", "\u{301}", "\u{1F468}\u{200D}", "\u{915}\u{94D}", "\u{200B}", "/", "@", ":",
            ]
            let frames = ["…", "https://…/a.git", "ssh://…/a", "a/…", "oci://a.b/…", "git@a:…", " … "]
            return pieces.flatMap { piece in frames.map { row(piece, in: $0) } }
        case .version: return [share("1"), share("a", in: "1-…"), share("1.", in: "1-…1"), share("0")]
        case .constraint:
            return [
                share("1 "), share("1||", in: "…1\n1.2.3-a"), share(" ", in: "1…1"),
                share(">=1-a,", in: "…1\n1.0.0"),
                share("1.", in: "1-…1\n1.0.0-1"), share("~>"),
            ]
        case .regularExpression:
            let texts = ["(a+)+$\n…!", "(a|aa)+$\n…!", "(a*)*b\n…", "(.*){10}x$\n…", "(?i)é*z\n…"]
            return texts.map { frame in { share("a", in: frame)(10 * $0) } }
                + ["(", "(?:a|", "a|", "(a?)", "a?", "[", "(?i)k|", "a{9}"].map { share($0, in: "…\naaaa") }
        case .glob:
            return [
                share("{"), share("{a,", in: "…"), share("**/", in: "…b\na/a/a"),
                share("*a", in: "…b\naaaaaaaa"),
                share("[!a]", in: "…\nbbb"), share("\\a"), share("a,", in: "{…}\na"),
            ]
        case .path:
            return [
                share("../"), share("a/../"), share("./"), share("/"), share("a/", in: "a\n…"),
                share("a/", in: "glob:**/*a*/**/b\n…"), share("\u{1F1E9}", in: "…/a\n…/b"),
            ]
        }
    }
}

extension PatternCase {
    fileprivate var input: String { "\(pattern)\n\((matching + others).first ?? "")" }
}
