// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Handlers

/// From headers and body to what a delivery means, with the payloads of the handlers' tests.
func handlerBenchmarks() {
    let authorization = "Bearer 0123456789abcdef0123456789abcdef01234567"
    guard let secret = Secret(Array(authorization.utf8)) else { preconditionFailure("the secret is empty") }
    for (provider, name) in [
        (Provider.harbor, "harbor/default-push-artifact"), (.harbor, "harbor/cloudevents-artifact-pushed"),
        (.azure, "azure/acr-push"), (.azure, "azure/devops-push"), (.dockerhub, "dockerhub/push"),
        (.catalogue, "harbor/default-push-artifact"),
    ] {
        let headers: Headers = ["Content-Type": "application/json", "Authorization": authorization]
        let delivery = Delivery(headers: headers, body: payload(name))
        measure("\(provider.rawValue): \(name)") { provider.handler.verdict(on: delivery, secret: secret) }
    }
    let wrong = Delivery(headers: ["Authorization": "\(authorization.dropLast())8"], body: [])
    measure("harbor: wrong secret") { Provider.harbor.handler.verdict(on: wrong, secret: secret) }
}

/// A fixture of the handlers' tests.
private func payload(_ name: String) -> [UInt8] {
    let checkout = #filePath.split(separator: "/").dropLast(5).map { "/\($0)" }.joined()
    let path = "\(checkout)/Tests/HandlersTests/Fixtures/\(name).json"
    guard let data = FileManager.default.contents(atPath: path) else { preconditionFailure("no '\(path)'") }
    return Array(data)
}
