// SPDX-License-Identifier: Apache-2.0

/// Where a receiver may act: a project's receiver in its namespace, a cluster's in all of them.
package enum Scope: Sendable, Hashable {
    case namespace(String)
    case cluster
}
