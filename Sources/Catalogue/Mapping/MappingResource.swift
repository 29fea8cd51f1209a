// SPDX-License-Identifier: Apache-2.0

internal import Handlers

/// One expression, with its number among all of a mapping.
struct Expression: Sendable, Hashable {
    let index: Int
    let path: String
    let text: String
}

/// A resource of a mapping whose expressions have numbers.
struct MappingResource: Sendable {
    let kind: CatalogueObject.Kind
    let query: Expression
    let identifier: Expression
    let blueprint: Expression
    let title: Expression?

    /// In the order of their names.
    let properties: [(name: String, expression: Expression)]
    let relations: [(name: String, expression: Expression)]

    /// What tells which entity it is.
    var key: [Expression] { [identifier, blueprint] }

    /// All that is in the entity.
    var values: [Expression] {
        (title.map { [$0] } ?? []) + properties.map(\.expression) + relations.map(\.expression)
    }

    /// Adds its expressions to those of the resources before it.
    init(_ resource: MappingDefinition.Resource, at index: Int, _ expressions: inout [Expression]) {
        func add(_ path: String, _ text: String) -> Expression {
            let path = "resources[\(index)].\(path)"
            let expression = Expression(index: expressions.count, path: path, text: text)
            expressions.append(expression)
            return expression
        }
        func addAll(_ path: String, _ texts: [String: String]) -> [(name: String, expression: Expression)] {
            texts.sorted { $0.key < $1.key }.map { ($0.key, add("\(path).\($0.key)", $0.value)) }
        }
        let mappings = "port.entity.mappings"
        kind = resource.kind
        query = add("selector.query", resource.query)
        identifier = add("\(mappings).identifier", resource.identifier)
        blueprint = add("\(mappings).blueprint", resource.blueprint)
        title = resource.title.map { add("\(mappings).title", $0) }
        properties = addAll("\(mappings).properties", resource.properties)
        relations = addAll("\(mappings).relations", resource.relations)
    }
}
