// SPDX-License-Identifier: Apache-2.0

/// A name has to be a version and satisfy the constraint, if there is one.
package struct VersionRule: Sendable {
    private let constraint: VersionConstraint?

    /// The constraint as the Warehouse has it.
    let text: String?

    /// Strategy and constraint, for people: kept, for every delivery tells it.
    let title: String
    private let isStrict: Bool

    /// Compiles `constraint`; one that is empty counts as none.
    ///
    /// Strict versions have all three numbers, without leading zeros.
    package init(constraint: String?, isStrict: Bool) throws(SyntaxError) {
        text = constraint.flatMap { $0.isEmpty ? nil : $0 }
        title = text.map { "SemVer \($0)" } ?? "SemVer"
        self.isStrict = isStrict
        if let text { self.constraint = try VersionConstraint(text) } else { self.constraint = nil }
    }

    /// Everything it depends on.
    var definition: String { "\(text ?? "")\(isStrict ? " strict" : "")" }

    func refusal(of name: some StringProtocol) -> Refusal? {
        do throws(SyntaxError) {
            let version = try Version(name, strict: isStrict)
            guard let constraint, !constraint.accepts(version) else { return nil }
            return .unsatisfied(constraint: text ?? "")
        } catch {
            return .notAVersion(error)
        }
    }
}
