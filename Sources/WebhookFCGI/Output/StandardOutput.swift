// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import POSIX

/// Prints a command's result, all of it or with an error.
///
/// `webhook-fcgi nginx > locations.conf && nginx -s reload` must not reload an empty file because a disk is full.
func printOutput(_ text: String) throws {
    let bytes = Array((text + "\n").utf8)
    var written = 0
    do throws(SystemError) {
        while written < bytes.count {
            written += try systemCall("writing the output") {
                unsafe bytes.withUnsafeBytes {
                    unsafe write(STDOUT_FILENO, $0.baseAddress?.advanced(by: written), $0.count - written)
                }
            }
        }
    } catch {
        printError("webhook-fcgi: \(error): make space, or write elsewhere")
        throw ExitCode(1)
    }
}
