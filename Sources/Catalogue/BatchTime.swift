// SPDX-License-Identifier: Apache-2.0

/// How long the steps of bringing a batch up to date may take.
///
/// Each by itself: what one has come to in its time goes on to the next, so that every batch brings something about. What is
/// left fails, and is tried again.
package struct BatchTime: Sendable {
    let fetching: Duration

    /// After this no further object is mapped.
    let mapping: Duration

    /// Upserts and deletes, each.
    let sending: Duration

    package init(
        fetching: Duration = .seconds(40),
        mapping: Duration = .seconds(20),
        sending: Duration = .seconds(40)
    ) {
        (self.fetching, self.mapping, self.sending) = (fetching, mapping, sending)
    }
}
