// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import POSIX

/// Reads a folder of manifests again whenever something in it has changed; blocks its thread.
struct FolderFollower: ~Copyable {
    private let source: DirectorySource
    private let report: (SourceNews) -> Void
    private var watch: ManifestWatch

    /// What was there when it was read last; nil where that is not known.
    private var files: ManifestFiles?

    /// Problems that were told already.
    private var problems: Set<Problem>
    private var failure: String?
    private var impairment: String?

    /// Whether something has changed, whatever a look at the files says.
    private var mustRead = false

    /// When the same is read again because that may lead to something else; nil where it does not.
    private var retryTime: ContinuousClock.Instant?

    /// Begins with what was read `last`.
    init(
        _ source: DirectorySource,
        after last: DirectorySource.Reading?,
        makeWatch: @escaping () throws(SystemError) -> DirectoryWatch,
        report: @escaping (SourceNews) -> Void
    ) {
        self.source = source
        self.report = report
        watch = ManifestWatch(source.directory, makeWatch: makeWatch)
        files = last?.files
        problems = last?.problems ?? []
        retryTime = last?.isProvisional == true ? .now : nil
    }

    /// Until `stop` rings.
    mutating func run(until stop: WakeUp) throws(SystemError) {
        var nextLook = look()
        var burst = Burst()
        while true {
            guard let weight = try watch.wait(until: burst.end ?? nextLook, or: stop) else { return }
            let now = ContinuousClock.now
            if weight > .none { burst.note(at: now) }
            if weight == .certain { mustRead = true }
            guard now >= burst.end ?? nextLook else { continue }
            burst = Burst()
            nextLook = look()
        }
    }

    /// Reads what has changed.
    ///
    /// Now and then it finds a change of which nobody tells: on a file system that is another machine's, or by one
    /// who writes and never closes.
    ///
    /// - Returns: When to look again, even if nobody tells of a change.
    private mutating func look() -> ContinuousClock.Instant {
        let found = watch.look()
        tellImpairment()
        take(found)
        let next = ContinuousClock.now + (impairment == nil ? source.interval : source.impairedInterval)
        return min(next, retryTime ?? next)
    }

    private mutating func take(_ found: Result<ManifestFiles, FileError>) {
        switch found {
        case .failure(let error):
            files = nil
            fail(error.problem.description, [error.problem])
        case .success(let found):
            let isRetry = !mustRead && found == files
            if isRetry { guard let retryTime, retryTime <= .now else { return } }
            mustRead = false
            read(found, isRetry)
        }
    }

    private mutating func read(_ found: ManifestFiles, _ isRetry: Bool) {
        let started = ContinuousClock.now
        retryTime = nil
        do throws(SourceError) {
            let result = try source.read(found)
            files = found
            if result.isProvisional {
                // Where much is to be read that takes a while: it must not keep a core busy.
                retryTime = .now + max(source.retryInterval, started.duration(to: .now) * 20)
            }
            if isRetry, Set(result.problems) == problems { return }
            guard let obstacle = result.obstacle else {
                if failure != nil { report(.recovered) }
                failure = nil
                report(.changed(result.snapshot, problems: news(in: result.problems)))
                return
            }
            fail(obstacle.description, result.problems)
        } catch {
            // Nothing was wrong with the files: they are read again even if they stay as they are.
            files = nil
            fail(error.description, [error.problem])
        }
    }

    private mutating func fail(_ reason: String, _ problems: [Problem]) {
        let news = news(in: problems)
        guard reason != failure || !news.isEmpty else { return }
        failure = reason
        report(.failing(reason, problems: news))
    }

    private mutating func news(in all: [Problem]) -> [Problem] {
        defer { problems = Set(all) }
        return all.filter { !problems.contains($0) }
    }

    private mutating func tellImpairment() {
        let impairment = watch.impairment?.description
        defer { self.impairment = impairment }
        guard let impairment, impairment != self.impairment else { return }
        report(
            .impaired(
                Problem(
                    .warning,
                    file: source.directory,
                    message:
                        "changed manifests are noticed late, because the kernel does not tell of all of them "
                        + "(\(impairment)): raise fs.inotify.max_user_watches and max_user_instances, or send SIGHUP"
                )
            )
        )
    }
}
