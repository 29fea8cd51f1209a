// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension IntegrationTests {
    /// What shells get to complete the program's commands.
    @Suite struct CompletionTests {
        @Test(arguments: ["bash", "zsh", "fish"])
        func `There is a script for every shell`(_ shell: String) throws {
            let script = try Command.webhookFCGI("--generate-completion-script", shell).succeeded()
            for word in ["deliveries", "redeliver", "outbox", "send", "--receiver"] {
                #expect(script.contains(word))
            }
        }

        @Test func `A script is one that its shell understands`() throws {
            let folder = try TemporaryFolder()
            let script = try Command.webhookFCGI("--generate-completion-script", "bash").succeeded()
            let file = try folder.write(script, to: "completion.bash")
            #expect(try Command(["bash", "-n", file]).succeeded() == "")
        }

        @Test func `Receivers, deliveries and targets are completed with those there are`() throws {
            try Site.with(Setup(confirmTimeout: "50ms")) { site in
                try site.folder.write("in the way", to: "refresh/kargo-demo")
                expect(try site.deliver(), 202)
                let id = try site.deliveries()[0].id
                func complete(_ words: String...) throws -> String {
                    try Command(
                        ["bash", "-c", try script(site) + "\ncomplete_words " + words.joined(separator: " ")]
                    )
                    .succeeded()
                }
                #expect(try complete("redeliver", "\(id.prefix(8))").contains(id))
                try eventually("what came is written down") {
                    try complete("deliveries", "--receiver", "kargo").contains(
                        "kargo-demo/harbor-receiver"
                    )
                }
                #expect(try complete("outbox", "drop", "kargo").contains("kargo-demo/guestbook"))
            }
        }

        /// The generated script, and a function that does what pressing Tab after some words does.
        private func script(_ site: Site) throws -> String {
            let script = try Command.webhookFCGI("--generate-completion-script", "bash").succeeded()
            return """
                export WEBHOOK_FCGI_CONFIG='\(site.folder.path)/config.yaml'
                export PATH="$(dirname '\(Checkout.program)'):$PATH"
                \(script)
                complete_words() {
                    COMP_WORDS=(webhook-fcgi "$@")
                    COMP_CWORD=$#
                    COMP_LINE="webhook-fcgi $*"
                    COMP_POINT=${#COMP_LINE}
                    _webhook-fcgi webhook-fcgi "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
                    printf '%s\\n' "${COMPREPLY[@]}"
                }
                """
        }
    }
}
