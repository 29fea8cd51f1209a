// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import NIOCore

extension Channel {
    /// Has the kernel notice within a minute that a peer is gone without a word, even where nothing is sent.
    package func keepAlive() -> EventLoopFuture<Void> {
        let options: [(option: ChannelOptions.Types.SocketOption, value: Int)] = [
            (.socketOption(.so_keepalive), 1), (.tcpOption(.init(rawValue: TCP_KEEPIDLE)), 30),
            (.tcpOption(.init(rawValue: TCP_KEEPINTVL)), 10), (.tcpOption(.init(rawValue: TCP_KEEPCNT)), 3),
        ]
        return .andAllSucceed(options.map { setOption($0.option, value: $0.value) }, on: eventLoop)
    }
}
