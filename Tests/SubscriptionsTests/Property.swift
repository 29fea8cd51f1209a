// SPDX-License-Identifier: Apache-2.0

import Subscriptions

/// What holds of every text, however it came about, for each language of the room.
///
/// Where a pattern needs something to match, the input's first line is the pattern and the rest is the text.
/// Checked with a fixed seed by `swift test`, and with libFuzzer by `make fuzz`.
enum Property: String, CaseIterable {
    case repository, version, constraint, regularExpression, glob, path

    /// What is wrong, or nil; to return at all is part of every property.
    func violation(_ input: String) -> String? {
        let pattern = input.prefix { $0 != "\n" }
        let text = String(input[pattern.endIndex...].dropFirst())
        return switch self {
        case .repository: RepositoryKind.allCases.lazy.compactMap { repository(input, $0) }.first
        case .version: version(input)
        case .constraint: constraint(String(pattern), text)
        case .regularExpression: regularExpression(String(pattern), text)
        case .glob: glob(String(pattern), text)
        case .path: path(String(pattern), text)
        }
    }
}

extension Property {
    /// Normalising twice is normalising once, and events find the subscription with their own URL.
    private func repository(_ url: String, _ kind: RepositoryKind) -> String? {
        let once = RepositoryKey(url, kind: kind)
        let twice = RepositoryKey(once.url, kind: kind)
        let target = Target(namespace: "a", name: "b")
        let index = SubscriptionIndex([
            Subscription(target: target, repository: once, selector: .invalid("nobody asks"))
        ])
        let event = Event(
            name: "a",
            pushes: [Event.Push(repository: url, kinds: [kind], qualifiers: .unknown)]
        )
        guard index.match(event, in: .cluster).considerations.count == 1 else {
            return "\(kind) \(url.debugDescription) does not find its own subscription"
        }
        guard twice != once, !Self.losesMoreThanOnce(once.url, kind) else { return nil }
        return "\(kind) \(once.url.debugDescription) becomes \(twice.url.debugDescription)"
    }

    /// What Kargo takes away, it takes away once.
    ///
    /// So what is left may be something that it takes away as well: a repository called `.git`, an image of
    /// somebody called `library`, white space before `.git`.
    private static func losesMoreThanOnce(_ url: String, _ kind: RepositoryKind) -> Bool {
        if url.first?.isWhitespace == true || url.last?.isWhitespace == true { return true }
        return switch kind {
        case .git: url.hasSuffix("/") || url.hasSuffix(".git")
        case .chart where url.hasPrefix("oci://"): true
        case .image, .chart:
            ["library/", "docker.io/", "index.docker.io/", "registry-1.docker.io/"].contains {
                url.hasPrefix($0)
            }
        }
    }

    /// A version is what it says it is, and satisfies `=` itself.
    private func version(_ text: String) -> String? {
        let strict = compiled { () throws(SyntaxError) in try Version(text, strict: true) }
        guard let version = compiled({ () throws(SyntaxError) in try Version(text) }) else {
            return strict == nil ? nil : "\(text.debugDescription) is a version only when strict"
        }
        guard strict == nil || strict == version else {
            return "\(text.debugDescription) is another version when strict"
        }
        // The three numbers in full may be longer than what they were read from.
        guard version.description.utf8.count <= Version.lengthLimit else { return nil }
        guard
            compiled({ () throws(SyntaxError) in try Version(version.description, strict: true) }) == version
        else { return "\(version) is not what it says it is" }
        return constraint("=\(version)", version.description)
            ?? (accepts("=\(version)", version) ? nil : "\(version) does not satisfy = itself")
    }

    /// A constraint takes the same when it is said twice.
    private func constraint(_ constraint: String, _ text: String) -> String? {
        guard let once = compiled({ () throws(SyntaxError) in try VersionConstraint(constraint) }),
            2 * constraint.utf8.count + 2 <= VersionConstraint.lengthLimit
        else { return nil }
        let other = compiled { () throws(SyntaxError) in try Version(text) }
        let twice = "\(constraint)||\(constraint)"
        for version in [other, Self.release, Self.prerelease].compactMap(\.self)
        where once.accepts(version) != accepts(twice, version) {
            return "\(constraint.debugDescription), said twice, thinks differently of \(version)"
        }
        return nil
    }

    private static let release = compiled { () throws(SyntaxError) in try Version("1.2.3") }
    private static let prerelease = compiled { () throws(SyntaxError) in try Version("1.2.3-rc.1") }

    private func accepts(_ constraint: String, _ version: Version) -> Bool {
        compiled { () throws(SyntaxError) in try VersionConstraint(constraint) }?.accepts(version) ?? false
    }

    /// A group around an expression changes nothing.
    private func regularExpression(_ pattern: String, _ text: String) -> String? {
        guard let expression = compiled({ () throws(SyntaxError) in try RegularExpression(pattern) }) else {
            return nil
        }
        let isMatch = expression.matches(text)
        // It may be too large now, or swallowed by a `\Q` that nothing ends.
        let grouped = compiled { () throws(SyntaxError) in try RegularExpression("(?:\(pattern))") }
        guard let grouped, grouped.matches(text) != isMatch else { return nil }
        return "\(pattern.debugDescription) means something else in a group"
    }

    /// A glob in which nothing is special matches itself and only itself.
    private func glob(_ pattern: String, _ text: String) -> String? {
        guard let glob = compiled({ () throws(SyntaxError) in try Glob(pattern) }) else { return nil }
        let isMatch = glob.matches(text)
        guard !pattern.utf8.contains(where: { #"*?[{\}"#.utf8.contains($0) }) else { return nil }
        guard glob.matches(pattern), isMatch == text.utf8.elementsEqual(pattern.utf8) else {
            return "\(pattern.debugDescription) is not taken literally"
        }
        return nil
    }

    /// What a directory matches is below it: it matches what is below that as well.
    private func path(_ pattern: String, _ text: String) -> String? {
        guard let path = compiled({ () throws(SyntaxError) in try PathPattern(pattern) }) else { return nil }
        let isDirectory = !["glob:", "regex:", "regexp:"].contains { pattern.utf8.starts(with: $0.utf8) }
        guard path.matches(text), isDirectory, !path.matches(text + "/below") else { return nil }
        return "\(pattern.debugDescription) matches \(text.debugDescription) and not what is below"
    }
}

/// What `body` makes, or nil for a text that is refused.
private func compiled<Made>(_ body: () throws(SyntaxError) -> Made) -> Made? {
    do { return try body() } catch { return nil }
}
