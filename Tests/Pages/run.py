# SPDX-License-Identifier: Apache-2.0
"""Tests of the status page in Chromium, behind nginx; `make test-pages` runs them.

They take the program in .build/release and build nothing. What they see is left in run/pages, and the README's pictures in
SCREENSHOTS.
"""

import os
import pathlib
import re
import sys
import unittest

from browser import Browser
from installation import CHECKOUT, PROGRAM, SECRETS, Installation, wait_until

SEEN = CHECKOUT / "run/pages"
SCREENSHOTS = pathlib.Path(os.environ.get("SCREENSHOTS", SEEN))

# In every field that a stranger fills.
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "\u202egnp.\u2066exe\u2069", "</pre><h1>x"]

# Contrast of every text with what is behind it (WCAG 2.2, 1.4.3), and texts whose is too little.
CONTRAST = """
(() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const background = e => {
    for (; e; e = e.parentElement) {
      const colour = parts(getComputedStyle(e).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && !e.closest('svg'))
    .map(e => {
      const [a, b] = [luminance(parts(getComputedStyle(e).color)), luminance(background(e))];
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.innerText.slice(0, 40)];
    })
    .filter(([contrast]) => contrast < 4.5);
})()
"""


class PageTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for folder in [SEEN, SCREENSHOTS]:
            folder.mkdir(parents=True, exist_ok=True)
        cls.installation = Installation()
        cls.addClassCleanup(cls.installation.close)
        cls.installation.fill()
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.run_scripts(True)
        self.browser.prefer("light")
        self.browser.resize(1000)
        self.browser.complaints.clear()

    def open(self, path):
        self.browser.open(self.installation.url(path))

    def newest(self, query=""):
        return re.search(r"/deliveries/([0-9a-f-]{36})", self.installation.request(f"/deliveries{query}")[1])[1]

    def pages(self):
        return ["/", "/deliveries", f"/deliveries/{self.newest()}", "/outbox"]

    def expect_no_complaints(self):
        self.assertEqual(self.browser.complaints, [])

    def test_1_what_the_readme_shows(self):
        """First, while the installation is as it was filled."""
        pushed = "?receiver=guestbook%2Fharbor&status=delivered"
        for name, path, scheme, height in [
            ("status-light.png", "/", "light", 760), ("status-dark.png", "/", "dark", 760),
            ("status-delivery.png", f"/deliveries/{self.newest(pushed)}", "light", 900),
        ]:
            self.browser.resize(1000, height)
            self.browser.prefer(scheme)
            self.open(path)
            self.browser.screenshot(SCREENSHOTS / name)
            self.assertLess((SCREENSHOTS / name).stat().st_size, 120_000)
        self.expect_no_complaints()

    def test_1_the_overview_has_every_receiver_and_its_last_day(self):
        self.open("/")
        receivers = 'table[aria-label="Receivers"]'
        self.assertEqual(
            self.browser.texts(f"{receivers} tbody th"),
            ["guestbook/harbor", "payments/registry", "search/docker-hub", "storefront/harbor"],
        )
        self.assertEqual(
            self.browser.texts(f"{receivers} .state"), ["good", "good", "nothing yet", "some refused"]
        )
        self.assertEqual(self.browser.evaluate(f"document.querySelectorAll('{receivers} svg').length"), 4)
        label = self.browser.evaluate(
            f"document.querySelector('{receivers} tr:last-child svg').getAttribute('aria-label')"
        )
        self.assertRegex(label, r"^last 24 hours: \d+ accepted, 18 refused$")
        self.assertEqual(self.browser.text(".numbers .state"), "taken")

    def test_the_policy_blocks_nothing_of_ours_and_everything_else(self):
        for path in self.pages():
            self.open(path)
            self.assertEqual(self.browser.evaluate("document.styleSheets[0].cssRules.length > 50"), True)
        self.expect_no_complaints()
        self.browser.evaluate(
            "document.body.insertAdjacentHTML('beforeend',"
            " '<p style=\"color: red\"><img src=\"https://192.0.2.1/x.png\" onerror=\"alert(1)\">')"
        )
        wait_until("the policy is enforced", lambda: self.browser.evaluate("1") and any(
            "Content Security Policy" in complaint for complaint in self.browser.complaints))
        self.assertFalse([complaint for complaint in self.browser.complaints if "dialog" in complaint])

    def test_light_and_dark_differ_and_both_can_be_read(self):
        backgrounds = set()
        for scheme in ["light", "dark"]:
            self.browser.prefer(scheme)
            for path in self.pages():
                self.open(path)
                self.assertEqual(self.browser.evaluate(CONTRAST), [], f"{path} {scheme}")
            backgrounds.add(self.browser.evaluate("getComputedStyle(document.body).backgroundColor"))
        self.assertEqual(len(backgrounds), 2)

    def test_a_phone_shows_everything_without_scrolling_sideways(self):
        for width in [320, 390]:
            self.browser.resize(width)
            for path in self.pages():
                self.open(path)
                self.assertEqual(self.browser.evaluate("document.documentElement.scrollWidth"), width, path)
                self.browser.screenshot(SEEN / f"phone-{width}{path.replace('/', '-')[:12]}.png")

    def test_pages_have_landmarks_names_and_a_visible_focus(self):
        for path in self.pages():
            self.open(path)
            for landmark in ["header", "nav[aria-label]", "main", "footer"]:
                self.assertEqual(self.browser.evaluate(f"document.querySelectorAll('{landmark}').length"), 1, path)
            self.assertEqual(self.browser.evaluate("document.querySelectorAll('h1').length"), 1)
            self.assertEqual(self.browser.evaluate("document.documentElement.lang"), "en")
            self.assertEqual(self.browser.evaluate("document.querySelectorAll('th:not([scope])').length"), 0)
            self.assertEqual(self.browser.evaluate(
                "[...document.querySelectorAll('select')].filter(s => !s.labels.length).length"), 0)
            for _ in range(3):
                for kind in ["keyDown", "keyUp"]:
                    self.browser.call("Input.dispatchKeyEvent", type=kind, key="Tab", windowsVirtualKeyCode=9)
                style = self.browser.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                self.assertIn(style, ["solid", "auto"], path)

    def test_redeliver_works_without_scripts(self):
        original = self.newest("?status=delivered")
        self.browser.run_scripts(False)
        self.open(f"/deliveries/{original}")
        self.browser.loading(lambda: self.browser.click("main form button"))
        self.assertIn("/redeliveries/", self.browser.evaluate("location.pathname"))
        # The page asks again by itself.
        while self.browser.text("main .state") == "pending":
            self.browser.loading(lambda: None)
        self.assertEqual(self.browser.text("main .state"), "redelivered")
        self.browser.loading(lambda: self.browser.click("main a.id"))
        copy = self.browser.evaluate("location.pathname").split("/")[-1]
        self.assertNotEqual(copy, original)
        self.assertIn(original, self.browser.text(".facts"))
        self.expect_no_complaints()

    def test_the_filters_work_without_scripts(self):
        self.open("/deliveries")
        everything = len(self.browser.texts("tbody tr"))
        self.browser.evaluate("document.querySelector('select[name=receiver]').value = 'payments/registry'")
        self.browser.run_scripts(False)
        self.browser.loading(lambda: self.browser.click(".filters button"))
        self.assertIn("receiver=payments%2Fregistry", self.browser.evaluate("location.search"))
        rows = self.browser.texts("tbody tr")
        self.assertTrue(0 < len(rows) < everything)
        self.assertTrue(all("payments/registry" in row for row in rows))
        self.expect_no_complaints()

    def test_what_strangers_write_is_text(self):
        installation = self.installation
        for text in HOSTILE:
            body = {"type": text, "occur_at": 1, "operator": text, "event_data": {
                "resources": [{"tag": text, "resource_url": text}], "repository": {"repo_full_name": text}}}
            self.assertEqual(installation.post("guestbook", body), 200)
            body["type"] = "PUSH_ARTIFACT"
            installation.post("guestbook", body)
            installation.post("search", {"push_data": {"tag": text}, "repository": {"repo_name": text}})
        ids = re.findall(r'href="(/deliveries/[0-9a-f-]{36})"', installation.request("/deliveries?limit=20")[1])
        for path in ["/", "/deliveries"] + ids[:12]:
            self.open(path)
            elements = self.browser.evaluate(
                "document.querySelectorAll('script, img, iframe, [onerror], [style], pre h1').length"
            )
            self.assertEqual(elements, 0, path)
            text = self.browser.evaluate("document.documentElement.outerHTML")
            self.assertFalse(set(text) & set("\u202e\u2066\u2069"), path)
        self.assertIn("<script>alert(1)</script>", " ".join(self.browser.texts("main")) + installation.request(
            "/deliveries")[1].replace("&lt;", "<").replace("&gt;", ">"))
        self.expect_no_complaints()

    def test_the_outbox_retries_and_drops(self):
        installation = self.installation
        folder = installation.folder / "refresh/search/warehouses"
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_text("in the way")
        body = {"push_data": {"tag": "1.0.1"}, "repository": {"repo_name": "example/indexer"}}
        installation.post("search", body)
        wait_until("it has failed", lambda: "Not a directory" in installation.request("/outbox")[1])
        wait_until("the overview says so", lambda: "Not a directory" in installation.request("/")[1])
        for path in ["/outbox", "/"]:
            self.open(path)
            self.browser.screenshot(SEEN / f"failing{path.replace('/', '-')}.png")
        self.assertIn("Not a directory", self.browser.text(".problems"))
        self.browser.run_scripts(False)
        self.open("/outbox")
        self.assertEqual(self.browser.texts("tbody th"), ["search/indexer"])
        self.browser.loading(lambda: self.browser.click('button[aria-label="Retry search/indexer"]'))
        self.assertEqual(self.browser.texts("tbody th"), ["search/indexer"])
        self.browser.loading(lambda: self.browser.click('button[aria-label="Drop search/indexer"]'))
        self.assertEqual(self.browser.texts("tbody th"), [])
        self.assertIn("No refresh is pending", self.browser.text("main"))
        folder.unlink()
        self.expect_no_complaints()

    def test_no_page_shows_a_secret_or_a_url_of_a_receiver(self):
        secrets = SECRETS + [row["path"].split("/")[-1] for row in self.installation.receivers.values()]
        for path in self.pages():
            self.open(path)
            text = self.browser.evaluate("document.documentElement.outerHTML")
            for secret in secrets:
                self.assertNotIn(secret, text)


if __name__ == "__main__":
    if not PROGRAM.exists():
        sys.exit("there is no program yet: run `make build` first")
    unittest.main(verbosity=2)
