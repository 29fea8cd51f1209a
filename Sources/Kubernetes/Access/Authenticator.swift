// SPDX-License-Identifier: Apache-2.0

internal import NIOSSL
internal import POSIX

/// Keeps credentials fresh: looks at their files again, and runs a plugin again when what it gave expires.
///
/// However many calls wait, one at a time reads or runs, and all get what comes of it. When nobody waits any more, a
/// plugin that still runs is stopped.
actor Authenticator {
    private let access: ClusterAccess
    private let rereadInterval: Duration
    private let clock: @Sendable () -> Timestamp

    private var credentials: Credentials
    private var current: Session?
    private var material: TLSMaterial?
    private var loading: Loading?
    private var lastNumber = 0

    /// What reads or runs now, and those who wait for it.
    private struct Loading {
        let number: Int
        let task: Task<Void, Never>
        var waiting: [Int: CheckedContinuation<Result<Session, KubernetesError>, Never>] = [:]
    }

    /// What a plugin gives has to hold until the call has arrived.
    private static let expiryMargin: Int64 = 5_000_000

    init(_ access: ClusterAccess, rereadInterval: Duration, clock: @escaping @Sendable () -> Timestamp) {
        self.access = access
        credentials = access.credentials
        self.rereadInterval = rereadInterval
        self.clock = clock
    }

    /// What a call is to use now.
    ///
    /// `refused` is what the API server did not accept any more. A plugin may hang: `timeout` is for this too.
    func session(
        after refused: Session? = nil,
        within timeout: Duration
    ) async throws(KubernetesError) -> Session {
        if let current, current.generation != refused?.generation, isFresh(current) { return current }
        if loading == nil { startLoading(anew: refused != nil && refused?.generation == current?.generation) }
        let number = nextNumber()
        let deadline = Task {
            do { try await Task.sleep(for: timeout) } catch { return }
            leave(
                number,
                KubernetesError(.timeout, "there are no credentials after \(timeout)\(pluginAdvice)")
            )
        }
        defer { deadline.cancel() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { loading?.waiting[number] = $0 }
        } onCancel: {
            Task { await leave(number, KubernetesError(.cancelled, "the call was cancelled")) }
        }
        return try result.get()
    }

    private func startLoading(anew: Bool) {
        let number = nextNumber()
        let task = Task {
            let result = await load(anew: anew)
            guard loading?.number == number else { return }
            let waiting = loading?.waiting ?? [:]
            loading = nil
            for each in waiting.values { each.resume(returning: result) }
        }
        loading = Loading(number: number, task: task)
    }

    /// Ends the wait of one; the last one stops what nobody waits for.
    private func leave(_ number: Int, _ error: KubernetesError) {
        guard let one = loading?.waiting.removeValue(forKey: number) else { return }
        one.resume(returning: .failure(error))
        guard let loading, loading.waiting.isEmpty else { return }
        loading.task.cancel()
        self.loading = nil
    }

    private func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    private var pluginAdvice: String {
        guard case .plugin(let plugin) = credentials.token else { return "" }
        return ": does the credential plugin '\(plugin.command)' hang?"
    }

    private func isFresh(_ session: Session) -> Bool {
        if let expiresAt = session.expiresAt {
            return clock().microseconds + Self.expiryMargin < expiresAt.microseconds
        }
        return ContinuousClock.now < session.staleAt
    }

    /// `anew`: the settings of the credentials are read again too.
    private func load(anew: Bool) async -> Result<Session, KubernetesError> {
        do throws(KubernetesError) {
            if anew { credentials = try access.reread() }
            let session = try await newSession(credentials)
            current = session
            return .success(session)
        } catch {
            return .failure(error)
        }
    }

    private func newSession(_ credentials: Credentials) async throws(KubernetesError) -> Session {
        var token: Confidential?
        var certificate = credentials.certificate
        var expiresAt: Timestamp?
        switch credentials.token {
        case .text(let text): token = try checked(text, "the token in the kubeconfig")
        case .file(let path):
            token = try checked(Confidential(try readFile(path)), "the token in '\(path)'")
        case .plugin(let plugin):
            let given = try await plugin.run()
            // Another one may be running by now.
            if Task.isCancelled { throw KubernetesError(.cancelled, "the call was cancelled") }
            token = try given.token.map { token throws(KubernetesError) in
                try checked(token, "the token of '\(plugin.command)'")
            }
            certificate = given.certificate ?? certificate
            expiresAt = given.expiresAt ?? .distantFuture
        case nil: break
        }
        return Session(
            tls: try tls(certificate),
            token: token,
            generation: (current?.generation ?? 0) + 1,
            staleAt: .now + rereadInterval,
            expiresAt: expiresAt
        )
    }

    private func tls(
        _ certificate: Credentials.ClientCertificate?
    ) throws(KubernetesError) -> TLSConfiguration {
        let material = try TLSMaterial(access.cluster, certificate)
        if let current, material == self.material { return current.tls }
        let configuration = try material.configuration
        self.material = material
        return configuration
    }

    /// A token without the line's end that editors add; anything else that is no header's value is refused.
    private func checked(_ token: Confidential, _ what: String) throws(KubernetesError) -> Confidential {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let start = token.bytes.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }
        let bytes = end.map { Array(start[...$0]) } ?? []
        guard !bytes.isEmpty else { throw KubernetesError(.credentials, "\(what) is empty") }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw KubernetesError(.credentials, "\(what) holds characters that no token has")
        }
        return Confidential(bytes)
    }
}

extension Timestamp {
    /// For what never expires.
    fileprivate static var distantFuture: Timestamp { Timestamp(microseconds: .max) }
}
