// SPDX-License-Identifier: Apache-2.0

/// What has become of expressions over one object, and what that means where they stand.
struct Answers {
    private let answers: [Expression: Evaluator.Answer]

    init(_ answers: [Expression: Evaluator.Answer]) { self.answers = answers }

    /// What a selector says; nil where it fails, which says nothing.
    func isTrue(_ query: Expression, _ mapped: inout Mapped) -> Bool? {
        switch answers[query] {
        case .value(let value): return value == .true
        case .nothing: return false
        case .failed(let message): mapped.fail(query, message)
        case nil: mapped.fail(query, "it was not evaluated")
        }
        return nil
    }

    /// Which entity it is; nil where that cannot be told.
    func key(of resource: MappingResource, _ mapped: inout Mapped) -> Entity.Key? {
        let identifier = text(resource.identifier, &mapped)
        let blueprint = text(resource.blueprint, &mapped)
        guard let identifier, let blueprint else { return nil }
        return Entity.Key(blueprint: blueprint, identifier: identifier)
    }

    private func text(_ expression: Expression, _ mapped: inout Mapped) -> String? {
        switch answers[expression] {
        case .value(let value):
            if let text = value.string, !text.isEmpty { return text }
            mapped.fail(expression, "it has to be a text that is not empty, and is \(value)")
        case .failed(let message): mapped.fail(expression, message)
        case .nothing, nil: mapped.fail(expression, "it has no output")
        }
        return nil
    }

    /// The entity, in which null stands for what fails.
    func entity(
        _ key: Entity.Key,
        _ resource: MappingResource,
        _ problems: inout [MappingProblem]
    ) -> Entity {
        var entity = Entity(key)
        if let title = resource.title {
            let value = value(title, &problems)
            entity.title = value.string
            if entity.title == nil, value != .null {
                problems.append(title.problem("it has to be a text, and is \(value)"))
            }
        }
        for (name, expression) in resource.properties {
            entity.properties[name] = value(expression, &problems)
        }
        for (name, expression) in resource.relations {
            let value = value(expression, &problems)
            let isRelation = value == .null || value.string != nil || value.strings != nil
            entity.relations[name] = isRelation ? value : .null
            if !isRelation {
                problems.append(
                    expression.problem("it has to be a text, an array of texts or null, and is \(value)")
                )
            }
        }
        return entity
    }

    private func value(_ expression: Expression, _ problems: inout [MappingProblem]) -> JSONText {
        switch answers[expression] {
        case .value(let value): return value
        case .failed(let message): problems.append(expression.problem(message))
        case .nothing, nil: break
        }
        return .null
    }
}

extension Expression {
    func problem(_ message: String) -> MappingProblem { MappingProblem(path: path, message: message) }
}

extension Mapped {
    fileprivate mutating func fail(_ expression: Expression, _ message: String) {
        problems.append(expression.problem(message))
        isComplete = false
    }
}
