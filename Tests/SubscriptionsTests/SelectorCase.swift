// SPDX-License-Identifier: Apache-2.0

import Subscriptions
import Testing

/// A selector, what is pushed, and why it is refused, or nil.
struct SelectorCase: Sendable, CustomTestStringConvertible {
    let selector: Selector
    let qualifiers: Event.Qualifiers
    let changedFiles: [String]?
    let refusal: String?

    init(
        _ selector: Selector,
        _ qualifiers: Event.Qualifiers,
        changedFiles: [String]? = nil,
        refusal: String? = nil
    ) {
        self.selector = selector
        self.qualifiers = qualifiers
        self.changedFiles = changedFiles
        self.refusal = refusal
    }

    var testDescription: String { "\(selector): \(qualifiers) \(changedFiles ?? [])" }
}

/// Short forms for the tables; a pattern that does not compile fails the test that uses it.
extension Selector {
    static func image(
        _ strategy: ImageSelector.Strategy,
        allow: [String] = [],
        ignore: [String] = []
    ) -> Selector {
        compiled { () throws(SyntaxError) in
            .image(ImageSelector(strategy, filter: try filter(allow: allow, ignore: ignore)))
        }
    }

    static func chart(_ constraint: String?) -> Selector {
        compiled { () throws(SyntaxError) in .chart(try ChartSelector(constraint: constraint)) }
    }

    static func git(
        _ strategy: GitSelector.Strategy,
        allow: [String] = [],
        ignore: [String] = [],
        include: [String] = [],
        exclude: [String] = []
    ) -> Selector {
        compiled { () throws(SyntaxError) in
            var included: [PathPattern] = []
            var excluded: [PathPattern] = []
            for text in include { included.append(try PathPattern(text)) }
            for text in exclude { excluded.append(try PathPattern(text)) }
            return .git(
                GitSelector(
                    strategy,
                    filter: try filter(allow: allow, ignore: ignore),
                    paths: PathFilter(included: included, excluded: excluded)
                )
            )
        }
    }

    private static func filter(allow: [String], ignore: [String]) throws(SyntaxError) -> TagFilter {
        var allowed: [TagFilter.Pattern] = []
        var ignored: [TagFilter.Pattern] = []
        for text in allow { allowed.append((text, try RegularExpression(text))) }
        for text in ignore { ignored.append((text, try RegularExpression(text))) }
        return TagFilter(ignored: ignored, allowed: allowed)
    }

    private static func compiled(_ body: () throws(SyntaxError) -> Selector) -> Selector {
        do throws(SyntaxError) { return try body() } catch { return .invalid("\(error)") }
    }
}

extension VersionRule {
    /// Strict, as an image's and a git subscription's are unless they say otherwise.
    static func strict(_ constraint: String?) -> VersionRule { rule(constraint, isStrict: true) }

    static func lenient(_ constraint: String?) -> VersionRule { rule(constraint, isStrict: false) }

    private static func rule(_ constraint: String?, isStrict: Bool) -> VersionRule {
        guard let rule = try? VersionRule(constraint: constraint, isStrict: isStrict) else {
            preconditionFailure("\(constraint ?? "") is no constraint")
        }
        return rule
    }
}
