// SPDX-License-Identifier: Apache-2.0

/// What a mapping makes of one object.
package struct Mapped: Sendable, Hashable {
    /// What there is, to be upserted.
    package internal(set) var entities: [Entity] = []

    /// What there must not be, because a selector is not true, or because the object is gone.
    package internal(set) var deletes: [Entity.Key] = []

    /// For the log: each has left a property empty, or an entity out.
    package internal(set) var problems: [MappingProblem] = []

    /// Whether this is all that the object becomes.
    ///
    /// Where it is false, a selector, an identifier or a blueprint has failed: then ``deletes`` is empty, and nothing of
    /// what the object became before may be deleted either. It could be the one that failed.
    package internal(set) var isComplete = true
}
