// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import POSIX

/// Prints a command's result, all of it or with an error.
///
/// `webhook-fcgi nginx > locations.conf && nginx -s reload` must not reload an empty file because a disk is full.
func printOutput(_ text: String) throws {
    do throws(SystemError) { try writeOutput(text) } catch {
        printError("webhook-fcgi: \(error): make space, or write elsewhere")
        throw ExitCode(1)
    }
}

/// Prints what somebody follows, who may go away: that is an end like any other.
func printFollowed(_ text: String) throws {
    do throws(SystemError) { try writeOutput(text) } catch {
        if error.errno == EPIPE { throw ExitCode.success }
        printError("webhook-fcgi: \(error): make space, or write elsewhere")
        throw ExitCode(1)
    }
}

private func writeOutput(_ text: String) throws(SystemError) {
    let bytes = Array((text + "\n").utf8)
    var written = 0
    while written < bytes.count {
        written += try systemCall("writing the output") {
            unsafe bytes.withUnsafeBytes {
                unsafe write(STDOUT_FILENO, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
        }
    }
}
