// SPDX-License-Identifier: Apache-2.0

import HTTP

/// One HTTP request that posts a delivery, as a sender would: it follows no redirect and tries once.
struct Post {
    let url: String
    let headers: [(name: String, value: String)]
    let body: String

    struct Reply {
        let status: Int
        let body: String
    }

    /// Why there is no reply, in words that hold neither the URL's path nor a header.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Longer than anything that waits for this program.
    private static let timeout = Duration.seconds(30)
    private static let replyLimit = 64 << 10

    func send() async throws(Failure) -> Reply {
        let transport = HTTPTransport(timeout: Self.timeout, answerLimit: Self.replyLimit)
        let result: Result<HTTPAnswer, HTTPError>
        do throws(HTTPError) {
            let call = HTTPCall(.post, try HTTPURL(url), headers: headers, body: Array(body.utf8))
            result = .success(try await transport.answer(to: call))
        } catch {
            result = .failure(error)
        }
        await transport.shutdown()
        switch result {
        case .success(let answer):
            return Reply(status: answer.status, body: String(decoding: answer.body, as: UTF8.self))
        case .failure(let error) where error.code == .tooLarge:
            throw Failure(description: "the reply is too long to come from webhook-fcgi")
        case .failure(let error): throw Failure(description: error.reason)
        }
    }
}
