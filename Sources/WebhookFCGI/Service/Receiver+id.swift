// SPDX-License-Identifier: Apache-2.0

import Config
import Outbox

extension Receiver {
    /// As the outbox names it, whatever its secret and its paths are.
    var id: ReceiverName { ReceiverName(project: project, name: name) }
}
