// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Config

@Suite struct ProblemTests {
    @Test(
        "A problem reads file:line: message, without the parts that are not known",
        arguments: [
            (Problem(file: "a.yaml", line: 3, message: "bad"), "a.yaml:3: bad"),
            (Problem(file: "a.yaml", message: "bad"), "a.yaml: bad"),
            (Problem(message: "bad"), "bad"),
            (Problem(.warning, file: "a.yaml", line: 3, message: "odd"), "a.yaml:3: warning: odd"),
            (Problem(.warning, message: "odd"), "warning: odd"),
        ]
    )
    func description(problem: Problem, text: String) {
        #expect(problem.description == text)
    }

    @Test("Problems are in the order of files and lines")
    func order() {
        let sorted = [
            Problem(message: "z"), Problem(file: "a", message: "z"),
            Problem(file: "a", line: 2, message: "z"),
            Problem(file: "a", line: 10, message: "a"), Problem(file: "b", line: 1, message: "a"),
        ]
        #expect(sorted.reversed().sorted() == sorted)
    }

    @Test(
        "A misspelt name finds the one that was meant, and a strange one none",
        arguments: [
            ("sorce", "source"), ("SOURCE", "source"), ("baseUrl", "baseURL"), ("base_url", "baseURL"),
            ("limit", "limits"), ("logs", "log"), ("xyzzy", nil), ("", nil),
        ]
    )
    func nearestName(name: String, expected: String?) {
        #expect(nearest(to: name, among: ["baseURL", "source", "sink", "limits", "log"]) == expected)
    }

    @Test("Quoted text is short and on one line")
    func quoted() {
        #expect("a\nb\u{1B}[1m".quoted == "'a\u{FFFD}b\u{FFFD}[1m'")
        #expect(String(repeating: "x", count: 65).quoted == "'\(String(repeating: "x", count: 64))…'")
    }

    @Test("An error of the file system names errno and what to do")
    func fileError() {
        let error = FileError(path: "/etc/x", code: .system(errno: 13))
        #expect(
            error.problem.description
                == "/etc/x: cannot be read: Permission denied (EACCES), let the user that runs webhook-fcgi read it"
        )
    }
}
