// SPDX-License-Identifier: Apache-2.0

package import Testing

/// Expects status and body, and the header fields that every reply of the program has.
package func expect(
    _ reply: HTTPReply,
    _ status: Int,
    _ body: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(reply.status == status, "\(reply)", sourceLocation: sourceLocation)
    if let body { #expect(reply.body == body, sourceLocation: sourceLocation) }
    #expect(reply["Content-Type"] == "application/json", sourceLocation: sourceLocation)
    #expect(reply["Location"] == nil, sourceLocation: sourceLocation)
}

/// Expects a success that refreshed nobody, and says why.
package func expectNobodyRefreshed(_ reply: HTTPReply, sourceLocation: SourceLocation = #_sourceLocation) {
    expect(reply, 200, sourceLocation: sourceLocation)
    let start = #"{"msg":"refreshed 0 warehouse(s)","reason":"no Warehouse subscribes to "#
    #expect(reply.body.hasPrefix(start), sourceLocation: sourceLocation)
}
