// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Writes a line to standard error; where even that fails there is nobody left to tell.
package func printError(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    unsafe bytes.withUnsafeBytes { _ = unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
