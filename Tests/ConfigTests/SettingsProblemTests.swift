// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Config

@Suite struct SettingsProblemTests {
    /// What loading `text` complains about, without the folder's path.
    private func problems(_ text: String, _ environment: [String: String] = [:]) throws -> [String] {
        let folder = try TemporaryFolder(["config.yaml": text])
        let error = #expect(throws: SettingsError.self) {
            try Settings.load(file: "\(folder.path)/config.yaml", environment: environment)
        }
        return error?.problems.map { $0.description.replacing(folder.path + "/", with: "") } ?? []
    }

    @Test(
        "Each mistake is reported with its line and what to do",
        arguments: [
            ("sorce: 1", "config.yaml:7: unknown key 'sorce': did you mean 'source'?"),
            (
                "xyzzy: 1",
                "config.yaml:7: unknown key 'xyzzy': known here: baseURL, dedupe, deliveries, limits, log, refresh, responders, sink, source and stateDirectory"
            ),
            (
                "limits: { bodybyte: 1 }",
                "config.yaml:7: unknown key 'bodybyte' in 'limits': did you mean 'bodyBytes'?"
            ),
            ("limits: 5", "config.yaml:7: limits must be a mapping, but is a number"),
            ("responders: many", "config.yaml:7: responders must be a number, but is text"),
            (
                "responders: 1.5",
                "config.yaml:7: responders must be a whole number from 1 to 64, but is '1.5'"
            ),
            ("responders: 0", "config.yaml:7: responders must be a whole number from 1 to 64, but is '0'"),
            ("responders: 65", "config.yaml:7: responders must be a whole number from 1 to 64, but is '65'"),
            ("responders: [1]", "config.yaml:7: responders must be a number, but is a list"),
            (
                "limits:\n  bodyBytes: 99999999999",
                "config.yaml:8: limits.bodyBytes must be a whole number from 1 to 67108864, but is '99999999999'"
            ),
            (
                "limits: { perReceiver: { burst: 5 } }",
                "config.yaml: limits.perReceiver.burst has no effect without limits.perReceiver.rate: set that too"
            ),
            (
                "limits: { perReceiver: 5/s }",
                "config.yaml:7: limits.perReceiver must be a mapping, but is text"
            ),
            (
                "limits: { perReceiver: { rate: 5 } }",
                "config.yaml:7: limits.perReceiver.rate must be text, but is a number: put it in quotes"
            ),
            ("stateDirectory: {}", "config.yaml:7: stateDirectory must be text, but is a mapping"),
            (
                "stateDirectory: 7",
                "config.yaml:7: stateDirectory must be text, but is a number: put it in quotes"
            ),
            ("stateDirectory: ''", "config.yaml:7: stateDirectory must be a path"),
            (
                "log: { level: verbose }",
                "config.yaml:7: log.level must be trace, debug, info, notice, warning, error or critical, but is 'verbose'"
            ),
            (
                "refresh: { minInterval: 1 }",
                "config.yaml:7: refresh.minInterval must be text, but is a number: put it in quotes"
            ),
            (
                "refresh: { minInterval: 1 s }",
                "config.yaml:7: refresh.minInterval must be a duration such as 100ms, 1s, 10m, 12h or 14d, but is '1 s'"
            ),
            (
                "refresh: { confirmTimeout: 1m }",
                "config.yaml:7: refresh.confirmTimeout must be at most 10s, but is '1m'"
            ),
            ("log: { format: xml }", "config.yaml:7: log.format must be text or json, but is 'xml'"),
            (
                "baseURL: https://again",
                "config.yaml:1: the key 'baseURL' is given twice: remove one, nothing of this document is used until then"
            ),
            (
                "a: b: c",
                "config.yaml:7: this is not valid YAML, mapping values are not allowed in this context: correct it, nothing of this document is used until then"
            ),
            ("---\na: b", "config.yaml:8: a second document: settings are one document, remove the '---'"),
        ]
    )
    func mistake(line: String, problem: String) throws {
        #expect(try problems(SettingsTests.minimal + line + "\n") == [problem])
    }

    @Test(
        "What is no rate is a mistake",
        arguments: [
            "0/s", "1000001/s", "5/d", "5", "/s", "-5/s", "5/s/s", "1.5/s", "5 /s", "٥/s", "5s", "5/",
        ]
    )
    func rate(_ text: String) throws {
        #expect(
            try problems(SettingsTests.minimal + "limits: { perReceiver: { rate: '\(text)' } }\n") == [
                "config.yaml:7: limits.perReceiver.rate must be a rate such as 50/s, 10/m or 100/h, of at most 1000000, but is '\(text)'"
            ]
        )
    }

    @Test("All mistakes are reported at once, with what is missing")
    func everyProblem() throws {
        #expect(
            try problems(
                "responders: 0\nsorce: {}\nlog: { level: 3 }\n",
                ["WEBHOOK_FCGI_LIMIT_BODY_BYTES": "1"]
            ) == [
                "warning: 'WEBHOOK_FCGI_LIMIT_BODY_BYTES' in the environment is no setting: did you mean WEBHOOK_FCGI_LIMITS_BODY_BYTES?",
                "config.yaml: baseURL is missing: set it here, or WEBHOOK_FCGI_BASE_URL in the environment",
                "config.yaml: one of sink.file.directory or sink.kubernetes is missing: set it here or in the environment",
                "config.yaml: one of source.directory or source.kubernetes is missing: set it here or in the environment",
                "config.yaml:1: responders must be a whole number from 1 to 64, but is '0'",
                "config.yaml:2: unknown key 'sorce': did you mean 'source'?",
                "config.yaml:3: log.level must be text, but is a number: put it in quotes",
            ]
        )
    }

    @Test(
        "Source and sink are one each, and what is said of a cluster is checked",
        arguments: [
            (
                "source: { directory: m, kubernetes: {} }\nsink: { kubernetes: {} }",
                "config.yaml: source.directory and source.kubernetes exclude each other: keep one"
            ),
            (
                "source: { kubernetes: {} }\nsink: { file: {} }",
                "config.yaml: one of sink.file.directory or sink.kubernetes is missing: set it here or in the environment"
            ),
            (
                "source: { kubernetes: { namespaces: [a, B] } }\nsink: { kubernetes: {} }",
                "config.yaml:2: source.kubernetes.namespaces must be a list of namespaces (lower-case letters, digits and '-', at most 63, no '-' at either end), but has 'B'"
            ),
            (
                "source: { kubernetes: { namespaces: a } }\nsink: { kubernetes: {} }",
                "config.yaml:2: source.kubernetes.namespaces must be a list, but is text"
            ),
            (
                "source: { kubernetes: {} }\nsink: { kubernetes: { maxConcurrent: 0 } }",
                "config.yaml:3: sink.kubernetes.maxConcurrent must be a whole number from 1 to 256, but is '0'"
            ),
            (
                "source: { kubernetes: {} }\nsink: { kubernetes: { fieldManager: a b } }",
                "config.yaml:3: sink.kubernetes.fieldManager must be 1 to 128 printable characters, but is 'a b'"
            ),
            (
                "source: { kubernetes: {} }\nsink: { kubernetes: { timeout: 0s } }",
                "config.yaml:3: sink.kubernetes.timeout must be at least 1s, but is '0s'"
            ),
            (
                "source: { kubernetes: { kubeconf: x } }\nsink: { kubernetes: {} }",
                "config.yaml:2: unknown key 'kubeconf' in 'source.kubernetes': did you mean 'kubeconfig'?"
            ),
        ]
    )
    func ends(lines: String, problem: String) throws {
        #expect(try problems("baseURL: https://a\n\(lines)\n") == [problem])
    }

    @Test("A wrong variable is reported by its name")
    func wrongVariable() throws {
        #expect(
            try problems(SettingsTests.minimal, ["WEBHOOK_FCGI_RESPONDERS": "x"])
                == ["WEBHOOK_FCGI_RESPONDERS must be a whole number from 1 to 64, but is 'x'"]
        )
    }

    @Test("Unknown variables are warnings, Kubernetes' and the settings file's are nothing")
    func unknownVariables() throws {
        let folder = try TemporaryFolder(["config.yaml": SettingsTests.minimal])
        let environment = [
            "WEBHOOK_FCGI_CONFIG": "x", "WEBHOOK_FCGI_SERVICE_HOST": "x", "WEBHOOK_FCGI_SERVICE_PORT": "x",
            "WEBHOOK_FCGI_SERVICE_PORT_HTTP": "x", "WEBHOOK_FCGI_PORT": "x",
            "WEBHOOK_FCGI_PORT_8080_TCP_ADDR": "x", "PATH": "x", "WEBHOOK_FCGI_REPONDERS": "3",
            "WEBHOOK_FCGI_XYZZY": "x",
        ]
        let warnings = try Settings.load(file: "\(folder.path)/config.yaml", environment: environment)
            .warnings
        #expect(
            warnings.map(\.description) == [
                "warning: 'WEBHOOK_FCGI_REPONDERS' in the environment is no setting: did you mean WEBHOOK_FCGI_RESPONDERS?",
                "warning: 'WEBHOOK_FCGI_XYZZY' in the environment is no setting: it is ignored",
            ]
        )
    }

    @Test("A file that cannot be read is reported with what to do")
    func missingFile() throws {
        let error = #expect(throws: SettingsError.self) {
            try Settings.load(file: "/nonexistent/config.yaml", environment: [:])
        }
        #expect(
            error?.description
                == "/nonexistent/config.yaml: cannot be read: No such file or directory (ENOENT), correct the path or create it"
        )
        #expect(throws: SettingsError.self) { try Settings.load(file: "/tmp", environment: [:]) }
        #expect(throws: SettingsError.self) { try Settings.load(file: "/dev/null", environment: [:]) }
    }
}
