// SPDX-License-Identifier: Apache-2.0

import Config
import POSIX
import Sinks

extension Service {
    /// Immutable and swapped as a whole, so that every turn sees receivers, subscriptions and limits that
    /// belong together.
    struct State: Sendable {
        let settings: Settings

        /// Nil until the cluster has been read for the first time.
        private(set) var snapshot: Snapshot?

        /// Those of the snapshot's receivers, in their order.
        private(set) var counters: [ReceiverCounters] = []
        let source: any Source
        let sink: any Sink

        /// Which of the sources it is that have been in force.
        let generation: Int
    }
}

extension Service.State {
    /// Puts a snapshot into force; receivers that stay go on counting, and those that are gone are forgotten.
    mutating func use(_ snapshot: Snapshot?) {
        self.snapshot = snapshot
        counters = ReceiverCounters.table(for: snapshot?.receivers ?? [], after: counters)
    }

    /// Puts another state into force, whose receivers go on counting where these have come to.
    mutating func become(_ new: Self) {
        let counters = counters
        // A source that goes on may have changed the snapshot while the rest was read.
        let snapshot = generation == new.generation ? snapshot : new.snapshot
        self = new
        self.counters = counters
        use(snapshot)
    }
}

extension Service.State {
    /// The state that `settings` lead to, and what is wrong with a part of it.
    ///
    /// Of `old` stays what the settings have not changed: a source and a sink keep their connections.
    static func make(
        _ settings: Settings,
        after old: Self? = nil
    ) throws(SetupError) -> (state: Self, problems: [Problem]) {
        let sink: any Sink
        if let old, settings.sink == old.settings.sink {
            sink = old.sink
        } else {
            sink = try makeSink(settings)
        }
        let kept = old.flatMap { $0.goesOn(with: settings) ? $0.source : nil }
        let source: any Source
        if let kept { source = kept } else { source = try makeSource(settings) }
        var state = Self(
            settings: settings,
            source: source,
            sink: sink,
            generation: (old?.generation ?? 0) + (kept == nil ? 1 : 0)
        )
        // What a source holds that is only followed comes by itself; until then what was there counts.
        state.use(old?.snapshot)
        if source.isOnlyFollowed { return (state, []) }
        let result = try load(source)
        // Parsing takes several times the memory of what comes of it.
        Memory.giveBack()
        guard result.isComplete || old == nil else { throw SetupError(result.problems) }
        state.use(result.snapshot)
        return (state, result.problems)
    }

    /// Whether the source need not be asked again, because it tells by itself what changes.
    private func goesOn(with settings: Settings) -> Bool {
        source.isOnlyFollowed && settings.source == self.settings.source
            && settings.baseURL == self.settings.baseURL
    }

    private static func makeSource(_ settings: Settings) throws(SetupError) -> any Source {
        do throws(SourceError) { return try settings.makeSource() } catch { throw SetupError(error) }
    }

    private static func makeSink(_ settings: Settings) throws(SetupError) -> any Sink {
        do throws(SinkError) { return try settings.makeSink() } catch { throw SetupError(error) }
    }

    private static func load(_ source: any Source) throws(SetupError) -> LoadResult {
        do throws(SourceError) {
            return try blocking { () throws(SourceError) in try await source.load() }
        } catch {
            throw SetupError(error)
        }
    }
}

extension Source {
    /// Whether what it holds is not read, but comes by itself.
    fileprivate var isOnlyFollowed: Bool { (self as? any LiveSource).map { !$0.isReadAsAWhole } ?? false }
}
