// SPDX-License-Identifier: Apache-2.0

import POSIX

extension HTML {
    /// A whole page: what all of them have in common around what `main` puts into it.
    ///
    /// With `refreshes` the browser asks for it again after a second.
    static func document(
        _ title: String,
        _ context: PageContext,
        current: StatusPage? = nil,
        refreshes: Bool = false,
        _ main: (inout HTML) -> Void
    ) -> HTML {
        var html = HTML()
        html.write("<!DOCTYPE html>\n")
        html.element("html", ["lang": "en"]) { html in
            html.element("head") { head in
                head.open("meta", ["charset": "utf-8"])
                head.open("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                head.open("meta", ["name": "color-scheme", "content": "light dark"])
                if refreshes { head.open("meta", ["http-equiv": "refresh", "content": "1"]) }
                head.element("title", [:], "\(title) · webhook-fcgi")
                head.open("link", ["rel": "stylesheet", "href": context.address(of: .stylesheet)])
                head.open("link", ["rel": "icon", "href": context.address(of: .icon)])
            }
            html.element("body") { body in
                body.element("a", ["class": "skip", "href": "#main"], "Skip to the content")
                body.navigation(context, current)
                body.element("main", ["id": "main"]) { content in
                    content.element("h1", [:], title)
                    main(&content)
                }
                body.element("footer") { footer in
                    footer.add("webhook-fcgi \(version) · \(context.now.text(fractionalDigits: 3))")
                    if !context.user.isEmpty { footer.add(" · \(context.user)") }
                }
            }
        }
        html.write("\n")
        return html
    }

    /// A page that says one thing.
    static func message(_ title: String, _ text: String, _ context: PageContext) -> HTML {
        document(title, context) { $0.element("p", [:], text) }
    }

    private mutating func navigation(_ context: PageContext, _ current: StatusPage?) {
        element("header") { header in
            header.element("a", ["class": "name", "href": context.address(of: .overview)], "webhook-fcgi")
            header.element("nav", ["aria-label": "Pages"]) { list in
                let pages: [(page: StatusPage, title: String)] = [
                    (.overview, "Overview"), (.deliveries, "Deliveries"), (.outbox, "Outbox"),
                ]
                for (page, title) in pages {
                    let address = context.address(of: page)
                    if page == current {
                        list.element("a", ["href": address, "aria-current": "page"], title)
                    } else {
                        list.element("a", ["href": address], title)
                    }
                }
            }
        }
    }
}

extension HTML {
    /// Adds a section with a title.
    mutating func section(_ title: String, _ content: (inout HTML) -> Void) {
        element("section") { section in
            section.element("h2", [:], title)
            content(&section)
        }
    }

    /// Adds how long ago something was, or how soon it will be, with the time itself for those who point at it.
    mutating func age(_ time: Timestamp, at now: Timestamp, isAhead: Bool = false) {
        let age = Age(of: time, at: now)
        let text = time.text(fractionalDigits: 3)
        element("time", ["datetime": text, "title": text], isAhead ? age.ahead : "\(age) ago")
    }

    /// Adds a word with a mark that has its colour.
    mutating func state(_ text: String, _ style: Table.Style?) {
        element("span", ["class": "state \(style.styleClass)"], text)
    }

    /// Adds a button that posts.
    mutating func button(
        _ title: String,
        _ page: StatusPage,
        _ context: PageContext,
        label: String = "",
        _ fields: KeyValuePairs<String, String>
    ) {
        element("form", ["method": "post", "action": context.address(of: page)]) { form in
            for (name, value) in fields {
                form.open("input", ["type": "hidden", "name": name, "value": value])
            }
            form.element("button", label.isEmpty ? [:] : ["aria-label": label], title)
        }
    }
}

extension Table.Style? {
    fileprivate var styleClass: String {
        switch self {
        case .good: "good"
        case .bad: "bad"
        case .waiting: "waiting"
        default: "plain"
        }
    }
}
