// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import Glibc
internal import NIOConcurrencyHelpers
internal import POSIX

/// The file `outbox.sqlite`: opened when it is needed, and replaced by an empty one when it is damaged.
///
/// Whichever process finds the damage moves the file aside. The others notice that theirs is not the one in
/// the folder any more, and follow.
final class OutboxFile: Sendable {
    let path: String
    let directory: String
    private let access: Access
    let report: @Sendable (String) -> Void
    private let busyMode: Database.BusyMode
    private let use: Use
    private let current = NIOLockedValueBox<Connection?>(nil)

    /// What the connection is for.
    enum Use {
        /// What is committed is durable.
        case deliveries
        /// What is committed may be undone by a power failure, and each page is read once.
        case maintenance
    }

    private struct Connection {
        let queue: DatabaseQueue
        let identity: FileStatus.Identity
    }

    /// What a connection may do about the file itself.
    enum Access: Sendable {
        /// Makes it, brings it up to date, moves it aside when it is damaged.
        case owner
        case guest(GuestUse)
    }

    /// `busyMode` says how to wait for another connection's transaction.
    init(
        in directory: String,
        access: Access = .owner,
        busyMode: Database.BusyMode = .asking { $0 < 25_000 },
        use: Use = .deliveries,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.directory = directory
        self.access = access
        self.busyMode = busyMode
        self.use = use
        self.report = report
        path = "\(directory)/outbox.sqlite"
    }

    /// The same file, with a connection of its own.
    func another(busyMode: Database.BusyMode = .asking { $0 < 25_000 }, use: Use) -> OutboxFile {
        OutboxFile(in: directory, access: access, busyMode: busyMode, use: use, report: report)
    }

    /// Runs `body` with the connection to the file that is in the folder now.
    func withConnection<Value>(_ body: (DatabaseQueue) throws -> Value) throws(OutboxError) -> Value {
        try withIdentity { queue, _ in try body(queue) }
    }

    /// Tells `body` also which file that is.
    func withIdentity<Value>(
        _ body: (DatabaseQueue, FileStatus.Identity) throws -> Value
    ) throws(OutboxError) -> Value {
        let connection = try connected()
        do { return try body(connection.queue, connection.identity) } catch {
            let error = error as? OutboxError ?? OutboxError(error, at: path)
            if error.code == .corrupt, case .owner = access { try moveAside(connection.identity, error) }
            throw error
        }
    }

    /// A connection that commits durably and leaves checkpoints to others.
    ///
    /// WAL with full synchronisation: a commit is one write and one fsync of the log (sqlite.org/wal.html). What is
    /// removed is overwritten only where that costs no write: Debian's SQLite would write every page once more.
    func connect() throws(OutboxError) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = busyMode
        configuration.prepareDatabase { [use] database in
            try database.execute(
                sql: """
                    PRAGMA journal_mode = WAL; PRAGMA synchronous = \(use.synchronisation); PRAGMA wal_autocheckpoint = 0;
                    PRAGMA journal_size_limit = 16777216; PRAGMA secure_delete = FAST;
                    PRAGMA cache_size = -\(use.cache)
                    """
            )
        }
        do {
            try makeFile()
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.write { try Schema.prepare($0) }
            return queue
        } catch let error as SystemError {
            throw OutboxError(.unavailable, "\(error)")
        } catch {
            throw error as? OutboxError ?? OutboxError(error, at: path)
        }
    }

    /// Has the disk take what SQLite's log holds, without a lock that commits wait for.
    ///
    /// Maintenance does not sync what it commits, so that the next commit of a delivery would have to wait until the disk has
    /// all of it. SQLite has locks on the file and on the index, and none on the log, that closing it could drop.
    func syncLog() throws(SystemError) {
        let path = "\(path)-wal"
        let log = try Descriptor(opening: path, O_RDONLY)
        let number = log.number
        try systemCall("syncing '\(path)'") { fdatasync(number) }
    }

    /// Makes the file where it is missing: SQLite gives its mode to its log and its index.
    ///
    /// One that is there is not even opened. Closing it again would drop the locks of this process's other
    /// connections (fcntl(2)), and another process could remove the log under them.
    private func makeFile() throws(SystemError) {
        do {
            _ = try Descriptor(opening: path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        } catch let error where error.errno == EEXIST {}
    }

    private func connected() throws(OutboxError) -> Connection {
        let identity = identityInFolder
        let known = current.withLockedValue { $0 }
        if let known, known.identity == identity { return known }
        if case .guest(let use) = access { return try connected(as: use) }
        do throws(SystemError) { try Folder.make(directory) } catch {
            throw OutboxError(.unavailable, "\(error)")
        }
        do throws(OutboxError) { return try locked { () throws(OutboxError) in try reconnected() } } catch {
            if error.code == .corrupt, let identity { try moveAside(identity, error) }
            throw error
        }
    }

    /// Opens or makes the file while nobody else moves it aside.
    private func reconnected() throws(OutboxError) -> Connection {
        let queue = try connect()
        guard let identity = identityInFolder else {
            throw OutboxError(.unavailable, "'\(path)' is gone as soon as it is made: who removes it?")
        }
        let connection = Connection(queue: queue, identity: identity)
        current.withLockedValue { $0 = connection }
        return connection
    }

    /// Runs `body` while no other process opens, makes or moves the file.
    private func locked<Value>(_ body: () throws(OutboxError) -> Value) throws(OutboxError) -> Value {
        let path = "\(directory)/.lock"
        let taken: FileLock?
        do throws(SystemError) { taken = try FileLock(at: path, mode: 0o600, within: .seconds(5)) } catch {
            throw OutboxError(.unavailable, "\(error)")
        }
        guard let lock = taken else {
            throw OutboxError(
                .busy,
                "'\(path)' is locked by another process for too long: find it with fuser(1)"
            )
        }
        let result = Result { () throws(OutboxError) in try body() }
        lock.release()
        return try result.get()
    }

    /// A guest's connection to the file that is there.
    private func connected(as use: GuestUse) throws(OutboxError) -> Connection {
        try use.check(path)
        var configuration = Configuration()
        configuration.busyMode = busyMode
        configuration.readonly = use == .reading
        configuration.prepareDatabase { database in
            guard use == .writing else { return }
            try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0")
        }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.unsafeRead { try Schema.check($0) }
            let connection = Connection(queue: queue, identity: try FileStatus(of: path).identity)
            current.withLockedValue { $0 = connection }
            return connection
        } catch {
            throw error as? OutboxError ?? OutboxError(error, at: path)
        }
    }

    private var identityInFolder: FileStatus.Identity? { (try? FileStatus(of: path))?.identity }

    /// Moves a damaged file aside, with its log and index, unless another process has done so already.
    private func moveAside(_ identity: FileStatus.Identity, _ error: OutboxError) throws(OutboxError) {
        current.withLockedValue { $0 = nil }
        try locked { () throws(OutboxError) in
            guard identityInFolder == identity else { return }
            let aside = "\(path).damaged-\(Timestamp.now().microseconds)"
            for ending in ["", "-wal", "-shm"] { unsafe rename(path + ending, aside + ending) }
            report("\(error); moved aside to '\(aside)', refreshes that were pending in it are lost")
        }
    }
}

extension OutboxFile.Use {
    /// When SQLite has the kernel write its log to the disk (sqlite.org/pragma.html#pragma_synchronous): with every
    /// commit, or before it moves what is in there into the file.
    fileprivate var synchronisation: String { self == .deliveries ? "FULL" : "NORMAL" }

    /// How much of the file is kept in memory, in KiB.
    fileprivate var cache: Int { self == .deliveries ? 1024 : 256 }
}

extension Database.BusyMode {
    /// Asks for the lock every 200 µs, as long as `isPatient` says so of the number of times.
    ///
    /// SQLite's own pauses grow to 100 ms: between the commits of a busy neighbour they would rarely end in time.
    static func asking(_ isPatient: @escaping @Sendable (Int) -> Bool) -> Self {
        .callback { attempts in
            guard isPatient(attempts) else { return false }
            usleep(200)
            return true
        }
    }
}
