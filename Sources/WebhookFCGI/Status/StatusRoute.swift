// SPDX-License-Identifier: Apache-2.0

import FastCGI

/// What a request to the status location gets, before anything is looked at.
enum StatusRoute: Equatable {
    /// A page; `isTrusted` is whether they may see what is not for everybody.
    case page(StatusPage, isTrusted: Bool)

    /// Whoever asks may not see anything of it, not even what there is.
    case forbidden
    case notFound
    case methodNotAllowed
}

/// What the status location has.
enum StatusPage: String, CaseIterable {
    /// Whether the loop runs.
    case liveness = "/healthz"
    /// Whether deliveries are taken, and what is wrong.
    case readiness = "/readyz"
    case metrics = "/metrics"

    /// Load balancers and Kubernetes' probes ask from other machines and have no password: what these pages tell a
    /// stranger is whether it works.
    var isForEverybody: Bool { self != .metrics }
}

extension Request {
    /// Where it leads in the status location; nil for a delivery.
    ///
    /// The web server says that it is one, for a location to which not everybody gets. No header of a client's can:
    /// those begin with `HTTP_`.
    var statusRoute: StatusRoute? {
        guard parameters["WEBHOOK_FCGI_STATUS"] == "on" else { return nil }
        let isTrusted = isFromUser || isFromThisMachine
        let page = statusPath.flatMap(StatusPage.init)
        guard isTrusted || page?.isForEverybody == true else { return .forbidden }
        guard let page else { return .notFound }
        guard isHead || parameters["REQUEST_METHOD"] == "GET" else { return .methodNotAllowed }
        return .page(page, isTrusted: isTrusted)
    }

    var isHead: Bool { parameters["REQUEST_METHOD"] == "HEAD" }

    /// The path below the location's own; nil where the location is said to be elsewhere.
    private var statusPath: String? {
        let path = (parameters["SCRIPT_NAME"] ?? "") + (parameters["PATH_INFO"] ?? "")
        let root = parameters["WEBHOOK_FCGI_STATUS_ROOT"] ?? ""
        return path.hasPrefix(root) ? String(path.dropFirst(root.count)) : nil
    }

    /// Whether the web server has found out who it is.
    private var isFromUser: Bool { parameters["REMOTE_USER"]?.isEmpty == false }

    /// Whether every address that the web server knows of is this machine's: one of them may be from a header.
    private var isFromThisMachine: Bool {
        let addresses = parameters.values(of: "REMOTE_ADDR")
        return !addresses.isEmpty && addresses.allSatisfy(\.isLoopback)
    }
}

extension String {
    /// Of an address as nginx writes it; `unix:` is a Unix socket's.
    fileprivate var isLoopback: Bool {
        let isMapped = hasPrefix("::ffff:")
        return self == "::1" || self == "unix:" || (isMapped ? dropFirst(7) : self[...]).hasPrefix("127.")
    }
}
