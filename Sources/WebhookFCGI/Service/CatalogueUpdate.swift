// SPDX-License-Identifier: Apache-2.0

import Handlers

/// What a delivery says of a catalogue.
struct CatalogueUpdate {
    /// Which may have changed.
    let objects: [CatalogueObject]

    /// The sender's own name for the event; nil where it gives none.
    let identity: String?

    /// Whether that shows only after a time.
    let isLater: Bool
}
