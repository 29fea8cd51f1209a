// SPDX-License-Identifier: Apache-2.0

package import POSIX

/// A file of the sink, as a whole: that something is missing or too much is an error.
package struct RefreshedWarehouse {
    package let token: Timestamp

    package init(_ text: String) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let keys = lines.map { $0.prefix { $0 != ":" } }
        let expected = [
            "apiVersion", "kind", "metadata", "  namespace", "  name", "  annotations",
            "    kargo.akuity.io/refresh", "",
        ]
        let value = lines.dropLast().last?.split(separator: "\"").dropFirst().first
        guard keys.elementsEqual(expected, by: { $0 == $1 }), let value, let token = Timestamp(String(value))
        else {
            throw Failure("not a whole file: '\(text)'")
        }
        self.token = token
    }
}
