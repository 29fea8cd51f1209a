// SPDX-License-Identifier: Apache-2.0

internal import Subscriptions

/// Compiles what subscriptions say about tags, versions, branches and paths.
///
/// A subscription of which a part makes no sense is kept, as one that takes nothing and says why: whoever
/// looks for the reason of a missing refresh finds it.
struct SelectorReader: Sendable {
    /// Teams copy from each other: each text is compiled once, however many Warehouses have it.
    private var expressions: [String: RegularExpression] = [:]
    private var patterns: [String: PathPattern] = [:]
    private var rules: [RuleText: VersionRule] = [:]

    /// More texts than this are not remembered: those of Warehouses that have changed would never go.
    private static let rememberedTexts = 10_000

    private struct RuleText: Hashable {
        let constraint: String?
        let isStrict: Bool
    }

    /// The selector of a subscription to a repository of `kind`, of which `value` is what stands below the kind.
    mutating func selector(
        _ kind: RepositoryKind,
        _ value: YAMLValue,
        _ problems: inout [Problem]
    ) -> Selector {
        if expressions.count + patterns.count + rules.count > Self.rememberedTexts { self = Self() }
        var own: [Problem] = []
        let selector: Selector? =
            switch kind {
            case .image: image(value, &own).map { .image($0) }
            case .chart: chart(value, &own).map { .chart($0) }
            case .git: git(value, &own).map { .git($0) }
            }
        problems += own
        guard let problem = own.first(where: { $0.severity == .error }) else {
            return selector ?? .invalid("it cannot be read")
        }
        return .invalid(problem.message)
    }

    private mutating func image(_ value: YAMLValue, _ problems: inout [Problem]) -> ImageSelector? {
        let filter = tagFilter(value, &problems)
        let strategy: ImageSelector.Strategy
        switch value.choice(
            "imageSelectionStrategy",
            ["SemVer", "Digest", "Lexical", "NewestBuild"],
            &problems
        ) {
        case "SemVer":
            guard let rule = rule(value, "constraint", isStrictByDefault: true, &problems) else { return nil }
            strategy = .semVer(rule)
        case "Digest":
            guard let tag = value.requiredText("constraint", &problems) else { return nil }
            strategy = .digest(tag: tag)
        case "Lexical": strategy = .lexical
        case "NewestBuild": strategy = .newestBuild
        default: return nil
        }
        return ImageSelector(strategy, filter: filter)
    }

    private func chart(_ value: YAMLValue, _ problems: inout [Problem]) -> ChartSelector? {
        let constraint = value.optional("semverConstraint", .text, &problems)
        return compile(constraint ?? value, &problems) { () throws(SyntaxError) in
            try ChartSelector(constraint: constraint?.scalar)
        }
    }

    private mutating func git(_ value: YAMLValue, _ problems: inout [Problem]) -> GitSelector? {
        let filter = tagFilter(value, &problems)
        let paths = PathFilter(
            included: patterns(value, "includePaths", &problems),
            excluded: patterns(value, "excludePaths", &problems)
        )
        let strategies = ["NewestFromBranch", "NewestTag", "Lexical", "SemVer"]
        let strategy: GitSelector.Strategy
        switch value.choice("commitSelectionStrategy", strategies, &problems) {
        case "NewestFromBranch":
            let branch = value.optional("branch", .text, &problems)?.scalar
            strategy = .newestFromBranch(branch.flatMap { $0.isEmpty ? nil : $0 })
        case "NewestTag": strategy = .newestTag
        case "Lexical": strategy = .lexical
        case "SemVer":
            guard let rule = rule(value, "semverConstraint", isStrictByDefault: true, &problems) else {
                return nil
            }
            strategy = .semVer(rule)
        default: return nil
        }
        return GitSelector(strategy, filter: filter, paths: paths)
    }
}

extension SelectorReader {
    private mutating func rule(
        _ value: YAMLValue,
        _ key: String,
        isStrictByDefault: Bool,
        _ problems: inout [Problem]
    ) -> VersionRule? {
        let constraint = value.optional(key, .text, &problems)
        let isStrict = value.optional("strictSemvers", .boolean, &problems)?.scalar?.lowercased() == "true"
        let isGiven = value["strictSemvers"] != nil
        let text = RuleText(
            constraint: constraint?.scalar,
            isStrict: isGiven ? isStrict : isStrictByDefault
        )
        if let rule = rules[text] { return rule }
        let rule = compile(constraint ?? value, &problems) { () throws(SyntaxError) in
            try VersionRule(constraint: text.constraint, isStrict: text.isStrict)
        }
        rules[text] = rule
        return rule
    }

    private mutating func tagFilter(_ value: YAMLValue, _ problems: inout [Problem]) -> TagFilter {
        TagFilter(
            ignored: expressions(value, "ignoreTagsRegexes", &problems),
            allowed: expressions(value, "allowTagsRegexes", &problems)
        )
    }

    private mutating func expressions(
        _ value: YAMLValue,
        _ key: String,
        _ problems: inout [Problem]
    ) -> [TagFilter.Pattern] {
        value.texts(key, &problems).compactMap { element, text in
            if let expression = expressions[text] { return (text, expression) }
            let expression = compile(element, &problems) { () throws(SyntaxError) in
                try RegularExpression(text)
            }
            expressions[text] = expression
            return expression.map { (text, $0) }
        }
    }

    private mutating func patterns(
        _ value: YAMLValue,
        _ key: String,
        _ problems: inout [Problem]
    ) -> [PathPattern] {
        value.texts(key, &problems).compactMap { element, text in
            if let pattern = patterns[text] { return pattern }
            let pattern = compile(element, &problems) { () throws(SyntaxError) in try PathPattern(text) }
            patterns[text] = pattern
            return pattern
        }
    }

    private func compile<Compiled>(
        _ value: YAMLValue,
        _ problems: inout [Problem],
        _ body: () throws(SyntaxError) -> Compiled
    ) -> Compiled? {
        do throws(SyntaxError) { return try body() } catch {
            problems.append(value.error("\(value.path): \(error)"))
            return nil
        }
    }
}

extension YAMLValue {
    /// The text under `key`, which is one of `choices`; the first of them where there is none.
    fileprivate func choice(_ key: String, _ choices: [String], _ problems: inout [Problem]) -> String? {
        guard let value = optional(key, .text, &problems), let text = value.scalar, !text.isEmpty else {
            return self[key] == nil || self[key]?.scalar == "" ? choices.first : nil
        }
        if choices.contains(text) { return text }
        problems.append(value.error("\(value.path) is \(text.quoted): use \(choices.listed("or"))"))
        return nil
    }

    /// The texts in the list under `key`, none where there is no list.
    fileprivate func texts(_ key: String, _ problems: inout [Problem]) -> [(element: YAMLValue, text: String)]
    {
        guard let list = optional(key, .list, &problems) else { return [] }
        var texts: [(YAMLValue, String)] = []
        for element in list.elements {
            if element.shape == .text, let text = element.scalar {
                texts.append((element, text))
            } else {
                problems.append(element.mismatch(.text))
            }
        }
        return texts
    }
}
