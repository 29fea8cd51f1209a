# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium, spoken to over a pipe in the DevTools protocol."""

import base64
import json
import os
import select
import subprocess
import tempfile
import time

PATIENCE = 30


class Browser:
    """One window with one page, and what the page's console has said."""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="chromium-")
        read, self.output = os.pipe()
        self.input, write = os.pipe()
        # It reads from 3 and writes to 4, whatever numbers those are here.
        script = 'exec "$@" 3<&"$READ" 4>&"$WRITE"'
        self.process = subprocess.Popen(
            ["bash", "-c", script, "bash", "chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
             "--force-color-profile=srgb", "--font-render-hinting=none", "--remote-debugging-pipe",
             f"--user-data-dir={self.profile.name}", "about:blank"],
            pass_fds=(read, write), env={**os.environ, "READ": str(read), "WRITE": str(write)},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(read)
        os.close(write)
        self.number = 0
        self.received = b""
        self.complaints = []
        self.loads = 0
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Log", "Runtime", "Network"]:
            self.call(f"{domain}.enable")

    def close(self):
        try:
            self.session = None
            self.call("Browser.close")
            self.process.wait(timeout=PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            os.close(self.input)
            os.close(self.output)
            self.profile.cleanup()

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            reply = self.next()
            if reply.get("id") == self.number:
                if "error" in reply:
                    raise RuntimeError(f"{method}: {reply['error']['message']}")
                return reply["result"]
            self.take(reply)

    def next(self):
        deadline = time.monotonic() + PATIENCE
        while b"\0" not in self.received:
            if not select.select([self.input], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("Chromium says nothing")
            data = os.read(self.input, 1 << 20)
            if not data:
                raise EOFError("Chromium is gone")
            self.received += data
        message, self.received = self.received.split(b"\0", 1)
        return json.loads(message)

    def take(self, event):
        """Notes loads, and everything that a developer would see in red."""
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Page.loadEventFired":
            self.loads += 1
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            entry = parameters["entry"]
            self.complaints.append(f"{entry['source']}: {entry['text']} {entry.get('url', '')}")
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append(f"console: {parameters['args']}")
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(f"exception: {parameters['exceptionDetails']['text']}")
        elif method == "Page.javascriptDialogOpening":
            self.complaints.append(f"dialog: {parameters['message']}")
            self.number += 1
            message = {"id": self.number, "method": "Page.handleJavaScriptDialog", "params": {"accept": True},
                       "sessionId": self.session}
            os.write(self.output, json.dumps(message).encode() + b"\0")
        elif method == "Network.loadingFailed":
            self.complaints.append(f"not loaded: {parameters.get('blockedReason', parameters['errorText'])}")

    def loading(self, action):
        """Does what makes a page load, and waits for it."""
        before = self.loads
        action()
        while self.loads == before:
            self.take(self.next())

    def open(self, url):
        self.loading(lambda: self.call("Page.navigate", url=url))

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"]["description"])
        return result["result"].get("value")

    def text(self, selector="body"):
        return self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? null")

    def texts(self, selector):
        return self.evaluate(f"[...document.querySelectorAll({json.dumps(selector)})].map(e => e.innerText)")

    def click(self, selector):
        """As a mouse does, also where no script may run."""
        where = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView();"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()"
        )
        for kind in ["mousePressed", "mouseReleased"]:
            self.call("Input.dispatchMouseEvent", type=kind, x=where[0], y=where[1], button="left", clickCount=1)

    def resize(self, width, height=800, scale=1):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale,
                  mobile=width < 600)

    def prefer(self, scheme):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def run_scripts(self, may):
        self.call("Emulation.setScriptExecutionDisabled", value=not may)

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
