// SPDX-License-Identifier: Apache-2.0

extension Settings {
    /// Every setting in the order of the README's table.
    package static let documented: [SettingDescription] = {
        var reader = SettingsReader(file: "", root: nil, environment: [:])
        _ = read(&reader, folder: "")
        return reader.declared
    }()

    /// Declares every setting by reading it, the only place that does; nil when a problem was found.
    ///
    /// Paths, the environment's too, are relative to `folder`, the settings file's.
    static func read(_ reader: inout SettingsReader, folder: String) -> Settings? {
        let baseURL = reader.required(
            "baseURL",
            .baseURL,
            "Where senders reach this service: what every receiver's URL starts with"
        )
        let source = Source.read(&reader, folder: folder)
        let sink = Sink.read(&reader, folder: folder)
        let stateDirectory = reader.value(
            "stateDirectory",
            .path(relativeTo: folder),
            default: "/var/lib/webhook-fcgi",
            "Folder for what must survive a restart"
        )
        let responders = reader.value(
            "responders",
            .wholeNumber(in: 1...64),
            default: "1",
            "Event loops, each with its own thread (1 to 64)"
        )
        let bodyBytes = reader.value(
            "limits.bodyBytes",
            .wholeNumber(in: 1...67_108_864),
            default: "2097152",
            "Largest body that is accepted, in bytes (1 to 67108864)"
        )
        let perReceiver = RateLimit.read(&reader)
        let minInterval = reader.value(
            "refresh.minInterval",
            .duration(atMost: .seconds(86_400)),
            default: "1s",
            "A Warehouse is refreshed at most once in this time, and always after the last event; `0s` for no limit"
        )
        let confirmTimeout = reader.value(
            "refresh.confirmTimeout",
            .duration(atMost: .seconds(10)),
            default: "100ms",
            "How long a sender waits to learn that its refreshes have happened, before it gets 202"
        )
        let window = reader.value(
            "dedupe.window",
            .duration(atMost: .seconds(7 * 86_400)),
            default: "10m",
            "How long a delivery that comes again is recognised"
        )
        let keep = reader.value(
            "deliveries.keep",
            .wholeNumber(in: 0...10_000_000),
            default: "10000",
            "How many deliveries the log keeps"
        )
        let days = reader.value(
            "deliveries.days",
            .wholeNumber(in: 1...3650),
            default: "14",
            "How many days the log keeps them at most"
        )
        let level = reader.value(
            "log.level",
            SettingType<LogLevel>.choice,
            default: "info",
            "Least severe level that is logged: \(LogLevel.allCases.map(\.rawValue).listed("or"))"
        )
        let format = reader.value(
            "log.format",
            SettingType<LogFormat>.choice,
            default: "text",
            "How a log line is written: `text` or `json`"
        )
        let file = reader.optional(
            "log.file",
            .path(relativeTo: folder),
            "File to log to instead of standard error; reopened on SIGUSR1"
        )
        guard reader.problems.isEmpty, let baseURL, let source, let sink, let stateDirectory, let responders,
            let bodyBytes, let minInterval, let confirmTimeout, let window, let keep, let days, let level,
            let format
        else { return nil }
        return Settings(
            baseURL: baseURL,
            source: source,
            sink: sink,
            stateDirectory: stateDirectory,
            responders: responders,
            limits: Limits(bodyBytes: bodyBytes, perReceiver: perReceiver),
            refresh: Refresh(minInterval: minInterval, confirmTimeout: confirmTimeout),
            dedupe: Dedupe(window: window),
            deliveries: Deliveries(keep: keep, days: days),
            log: Log(level: level, format: format, file: file)
        )
    }
}

extension RateLimit {
    fileprivate static func read(_ reader: inout SettingsReader) -> Self? {
        let rate = reader.optional(
            "limits.perReceiver.rate",
            .rate,
            "How many genuine deliveries each receiver takes, such as `50/s`, `10/m` or `100/h`; others get 429. Each process counts its own"
        )
        let burst = reader.optional(
            "limits.perReceiver.burst",
            .wholeNumber(in: 1...1_000_000),
            "How many of them may come at once; else as many as the rate names (1 to 1000000)"
        )
        reader.expect("limits.perReceiver.rate", beside: "limits.perReceiver.burst")
        return rate.map { Self(rate: $0, burst: burst) }
    }
}
