// SPDX-License-Identifier: Apache-2.0

import Foundation

extension PortServer.State {
    /// What is not named stays, and what is related is made: `merge=true` and `create_missing_related_entities=true`.
    mutating func merge(_ entity: [String: Any], _ identifier: String, of blueprint: Blueprint) {
        var stored = members(of: entities[blueprint.identifier]?[identifier])
        for (name, value) in entity {
            if let old = stored[name] as? [String: Any], let new = value as? [String: Any] {
                stored[name] = old.merging(new) { $1 }
            } else {
                stored[name] = value
            }
        }
        entities[blueprint.identifier, default: [:]][identifier] = text(stored)
        for (name, relation) in blueprint.relations {
            for other in related(stored, by: name) where entities[relation.target]?[other] == nil {
                entities[relation.target, default: [:]][other] = text(["identifier": other])
            }
        }
    }

    /// With whatever has a relation to it, and to that, where it is asked for.
    mutating func remove(_ identifier: String, of blueprint: String, withDependents: Bool) {
        entities[blueprint]?[identifier] = nil
        guard withDependents else { return }
        for dependent in blueprints.values {
            for (name, relation) in dependent.relations where relation.target == blueprint {
                for (other, stored) in entities[dependent.identifier] ?? [:]
                where related(members(of: stored), by: name).contains(identifier) {
                    remove(other, of: dependent.identifier, withDependents: true)
                }
            }
        }
    }

    private func members(of stored: String?) -> [String: Any] {
        let object = stored.flatMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) }
        return object as? [String: Any] ?? [:]
    }

    private func related(_ entity: [String: Any], by name: String) -> [String] {
        let value = (entity["relations"] as? [String: Any])?[name]
        return value as? [String] ?? (value as? String).map { [$0] } ?? []
    }
}

extension Blueprint {
    /// Why Port would not take the entity.
    func problem(with entity: [String: Any]) -> String? {
        func unknown(_ part: String, _ known: [String]) -> String? {
            (entity[part] as? [String: Any] ?? [:]).keys.sorted().first { !known.contains($0) }
        }
        if let name = unknown("properties", Array(schema.properties.keys)) {
            return "the property \"\(name)\" is not in the schema"
        }
        if let name = unknown("relations", Array(relations.keys)) {
            return "there is no relation \"\(name)\""
        }
        for (name, value) in entity["properties"] as? [String: Any] ?? [:] {
            let text = text(value)
            guard text == "null" || schema.properties[name]?.takes(text) == true else {
                return "the property \"\(name)\" must be of the schema's type"
            }
        }
        let isText = (entity["relations"] as? [String: Any] ?? [:]).values.allSatisfy {
            $0 is String || $0 is NSNull
        }
        return isText ? nil : "a relation to one entity is a text"
    }
}

/// JSON, the members in order.
func text(_ value: Any) -> String {
    let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
    return String(decoding: data ?? Data(), as: UTF8.self)
}
