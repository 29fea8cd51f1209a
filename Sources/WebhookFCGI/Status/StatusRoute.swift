// SPDX-License-Identifier: Apache-2.0

import FastCGI

/// What a request to the status location gets, before anything is looked at.
enum StatusRoute: Equatable {
    /// A page; `isTrusted` is whether they may see what is not for everybody.
    case page(StatusPage, isTrusted: Bool)

    /// Whoever asks may not see anything of it, not even what there is.
    case forbidden
    case notFound
    case methodNotAllowed(StatusPage)
}

extension Request {
    /// Where it leads in the status location; nil for a delivery.
    ///
    /// The web server says that it is one, for a location to which not everybody gets. No header of a client's can:
    /// those begin with `HTTP_`.
    var statusRoute: StatusRoute? {
        guard parameters["WEBHOOK_FCGI_STATUS"] == "on" else { return nil }
        let isTrusted = isFromUser || isFromThisMachine && isToThisMachine
        let page = statusPath.flatMap(StatusPage.init(path:))
        guard isTrusted || page?.isForEverybody == true else { return .forbidden }
        guard let page else { return .notFound }
        let isAllowed = page.isAction ? isPost : isHead || parameters["REQUEST_METHOD"] == "GET"
        guard isAllowed else { return .methodNotAllowed(page) }
        return .page(page, isTrusted: isTrusted)
    }

    var isHead: Bool { parameters["REQUEST_METHOD"] == "HEAD" }

    private var isPost: Bool { parameters["REQUEST_METHOD"] == "POST" }

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

    /// Whether the browser asks for this machine as such: any other name may lead here, too, and then a site that has it
    /// reads what only this machine may (DNS rebinding).
    private var isToThisMachine: Bool {
        parameters.values(ofHeader: "host").allSatisfy { host in
            let name = host.hasPrefix("[") ? host.dropFirst().prefix { $0 != "]" } : host.prefix { $0 != ":" }
            let isNumber = name.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
            return name.lowercased() == "localhost" || name == "::1" || isNumber && name.hasPrefix("127.")
        }
    }
}

extension String {
    /// Of an address as nginx writes it; `unix:` is a Unix socket's.
    fileprivate var isLoopback: Bool {
        let isMapped = hasPrefix("::ffff:")
        return self == "::1" || self == "unix:" || (isMapped ? dropFirst(7) : self[...]).hasPrefix("127.")
    }
}
