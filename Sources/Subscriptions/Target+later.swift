// SPDX-License-Identifier: Apache-2.0

/// An object that is looked at again when what an event has changed about it is to be seen.
///
/// It is another target than the object that is looked at as soon as possible: neither takes the other's place.
extension Target {
    /// What the name of one ends with, and no object's does: it has an empty step.
    package static let laterMark = "//later"

    /// Harbor writes down pulls every ten seconds, and senders count time in seconds; the rest is for Harbor to do it.
    package static let laterBy = Duration.seconds(15)

    /// The object with this identifier, ``laterBy`` after the event.
    package init(project: String, receiver: String, objectLater object: String) {
        self.init(project: project, receiver: receiver, object: object + Self.laterMark)
    }

    package var isLater: Bool { lane == .catalogue && name.hasSuffix(Self.laterMark) }

    /// The object's identifier, whenever it is looked at.
    package var object: String { isLater ? String(name.dropLast(Self.laterMark.count)) : name }
}
