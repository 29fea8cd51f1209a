// SPDX-License-Identifier: Apache-2.0

import Config
import POSIX
import Sinks

/// Why a state cannot come into force.
struct SetupError: Error {
    let problems: [Problem]

    init(_ problems: [Problem]) { self.problems = problems }
    init(_ error: SourceError) { problems = [error.problem] }
    init(_ error: SinkError) { problems = [Problem(message: "sink: \(error)")] }
    init(_ error: SystemError) { problems = [Problem(message: "\(error)")] }
}
