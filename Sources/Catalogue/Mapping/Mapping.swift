// SPDX-License-Identifier: Apache-2.0

package import Handlers

/// Makes entities of Harbor's objects, by expressions of jq that were compiled once.
///
/// An object is Harbor's JSON as it is, with `__project`, `__repository` and `__identifier`.
package final class Mapping: Sendable {
    package let definition: MappingDefinition

    private let resources: [MappingResource]
    private let evaluator: Evaluator

    /// More is no mapping that somebody has written.
    private static let expressionLimit = 300

    /// Bytes of an object's entities, after which no other resource adds to them.
    private static let byteLimit = 4 << 20

    /// Compiles every expression; blocks for some hundredths of a second.
    ///
    /// - Throws: All expressions that do not compile, each with where it stands.
    package init(_ definition: MappingDefinition) throws(MappingError) {
        self.definition = definition
        let (resources, expressions) = try Self.numbered(definition)
        self.resources = resources
        evaluator = try Evaluator(expressions, isStandard: definition == .standard)
    }

    /// Where each of a mapping's expressions stands, as problems with them say it.
    package static func paths(of definition: MappingDefinition) throws(MappingError) -> [String] {
        try numbered(definition).expressions.map(\.path)
    }

    private static func numbered(
        _ definition: MappingDefinition
    ) throws(MappingError) -> (resources: [MappingResource], expressions: [Expression]) {
        var expressions: [Expression] = []
        let resources = definition.resources.enumerated().map { index, resource in
            MappingResource(resource, at: index, &expressions)
        }
        guard expressions.count <= expressionLimit else {
            let message =
                "there are \(expressions.count) expressions in all, and \(expressionLimit) may be: leave some out"
            throw MappingError(invalid: [MappingProblem(path: "resources", message: message)])
        }
        return (resources, expressions)
    }

    /// What an object of this kind becomes.
    ///
    /// - Throws: Nothing can be said now, and nothing may be concluded from it.
    package func map(
        _ kind: CatalogueObject.Kind,
        _ object: [UInt8]
    ) async throws(MappingError) -> Mapped {
        var mapped = Mapped()
        var byteCount = 0
        for resource in resources where resource.kind == kind {
            guard byteCount < Self.byteLimit else {
                mapped.problems.append(resource.query.problem("the entities before it are too large"))
                mapped.isComplete = false
                break
            }
            let answers = Answers(try await evaluator.evaluate(resource.key + [resource.query], over: object))
            guard let isSelected = answers.isTrue(resource.query, &mapped) else { continue }
            guard isSelected else {
                // What an object without entity would be called need not be known: what was sent for it is remembered.
                var ignored = Mapped()
                if let key = answers.key(of: resource, &ignored) { mapped.deletes.append(key) }
                continue
            }
            guard let key = answers.key(of: resource, &mapped) else { continue }
            let values = Answers(try await evaluator.evaluate(resource.values, over: object))
            let entity = values.entity(key, resource, &mapped.problems)
            byteCount += entity.byteCount
            mapped.add(entity)
        }
        mapped.settle()
        return mapped
    }

    /// What an object of this kind would be if it were still there: `object` has only the members that its name tells.
    ///
    /// Selectors do not count, because they ask for what is gone.
    package func keys(
        _ kind: CatalogueObject.Kind,
        _ object: [UInt8]
    ) async throws(MappingError) -> Mapped {
        var mapped = Mapped()
        for resource in resources where resource.kind == kind {
            let answers = Answers(try await evaluator.evaluate(resource.key, over: object))
            if let key = answers.key(of: resource, &mapped) { mapped.deletes.append(key) }
        }
        // Of one that cannot be told the others are gone all the same.
        mapped.deletes = mapped.deletes.unique
        return mapped
    }
}

extension Mapped {
    fileprivate mutating func add(_ entity: Entity) {
        guard let index = entities.firstIndex(where: { $0.key == entity.key }) else {
            return entities.append(entity)
        }
        entities[index] = entities[index].merged(with: entity)
    }

    /// What one resource leaves out another may have; and what is not known must not be deleted.
    fileprivate mutating func settle() {
        let kept = Set(entities.map(\.key))
        deletes = isComplete ? deletes.unique.filter { !kept.contains($0) } : []
    }
}

extension [Entity.Key] {
    fileprivate var unique: [Entity.Key] {
        var seen: Set<Entity.Key> = []
        return filter { seen.insert($0).inserted }
    }
}
