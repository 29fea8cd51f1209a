// SPDX-License-Identifier: Apache-2.0

/// How a process ended (waitpid(2)).
package enum ExitStatus: Equatable {
    case exited(Int32)
    case killed(signal: Int32)

    package init(waitStatus status: Int32) {
        self = status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: status & 0x7F)
    }
}
