// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import FoundationEssentials
import Kubernetes
import Outbox
import POSIX
import Sinks

/// From what the settings say to what does it: the one place that knows all sources and sinks.
extension Settings {
    func makeSource() throws(SourceError) -> any Config.Source {
        switch source {
        case .directory(let directory, let systemResourcesNamespace):
            return DirectorySource(
                directory: directory,
                baseURL: baseURL,
                systemResourcesNamespace: systemResourcesNamespace
            )
        case .kubernetes(let cluster, let namespaces, let systemResourcesNamespace):
            do throws(KubernetesError) {
                return KubernetesSource(
                    client: try cluster.makeClient(timeout: .seconds(10)),
                    baseURL: baseURL,
                    namespaces: namespaces,
                    systemResourcesNamespace: systemResourcesNamespace
                )
            } catch {
                throw SourceError(Problem(message: "source.kubernetes: \(error)"))
            }
        }
    }

    func makeSink() throws(SinkError) -> any Sinks.Sink {
        switch sink {
        case .file(let directory): return FileSink(directory: directory)
        case .kubernetes(let cluster, let fieldManager, let maxConcurrent, let timeout):
            do throws(KubernetesError) {
                return KubernetesSink(
                    client: try cluster.makeClient(timeout: timeout),
                    fieldManager: fieldManager,
                    maxConcurrent: maxConcurrent
                )
            } catch {
                throw SinkError(error)
            }
        }
    }

    var outbox: OutboxSettings {
        OutboxSettings(
            minimumInterval: refresh.minInterval,
            repetitionWindow: dedupe.window,
            keptDeliveries: deliveries.keep,
            keptFor: .seconds(deliveries.days * 86_400)
        )
    }

    /// The receivers, for a command that cannot go on without them; problems go to standard error.
    func loadSnapshotOrExit() throws -> Snapshot {
        do throws(SourceError) {
            let source = try makeSource()
            let result = try blocking { () throws(SourceError) in try await source.load() }
            for problem in result.problems { printError("\(problem)") }
            return result.snapshot
        } catch {
            printError("\(error)")
            throw ExitCode(78)
        }
    }
}

extension Settings.Cluster {
    fileprivate func makeClient(timeout: Duration) throws(KubernetesError) -> KubernetesClient {
        let environment = ProcessInfo.processInfo.environment
        return try KubernetesClient(
            .discover(kubeconfig: kubeconfig, context: context, environment: environment),
            timeout: timeout
        )
    }
}
