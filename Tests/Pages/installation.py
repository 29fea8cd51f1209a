# SPDX-License-Identifier: Apache-2.0
"""The program behind nginx with a day of deliveries, in a folder that is gone afterwards."""

import json
import os
import pathlib
import random
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("PROGRAM", CHECKOUT / ".build/release/webhook-fcgi"))

PROJECT = """
apiVersion: kargo.akuity.io/v1alpha1
kind: ProjectConfig
metadata: {{ name: {0}, namespace: {0} }}
spec:
  webhookReceivers:
  - {{ name: {1}, {2}: {{ secretRef: {{ name: {1} }} }} }}
---
apiVersion: v1
kind: Secret
metadata: {{ name: {1}, namespace: {0}, labels: {{ kargo.akuity.io/cred-type: generic }} }}
stringData: {{ {3}: "{4}" }}
"""

WAREHOUSE = """
apiVersion: kargo.akuity.io/v1alpha1
kind: Warehouse
metadata: {{ name: {1}, namespace: {0} }}
spec: {{ subscriptions: [ {{ image: {{ repoURL: "{2}", constraint: "^1.0.0" }} }} ] }}
"""

REGISTRY = "registry.example.com"
RECEIVERS = [
    ("guestbook", "harbor", "harbor", "auth-header", "one-pomegranate"),
    ("payments", "registry", "azure", "secret", "two-pomegranate"),
    ("search", "docker-hub", "dockerhub", "secret", "three-pomegranate"),
    ("storefront", "harbor", "harbor", "auth-header", "four-pomegranate"),
]
SECRETS = ["pomegranate"]
WAREHOUSES = [
    ("guestbook", "api", f"{REGISTRY}/guestbook/api"), ("guestbook", "web", f"{REGISTRY}/guestbook/web"),
    ("guestbook", "all", f"{REGISTRY}/guestbook/api"), ("payments", "ledger", "example.azurecr.io/payments/ledger"),
    ("search", "indexer", "example/indexer"), ("storefront", "cart", f"{REGISTRY}/storefront/cart"),
]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(what, condition):
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.05)


class Installation:
    def __init__(self):
        self.processes = []
        self.temporary = tempfile.TemporaryDirectory(prefix="pages-")
        self.folder = pathlib.Path(self.temporary.name)
        try:
            self.set_up()
        except BaseException:
            self.close()
            raise

    def set_up(self):
        self.port = free_port()
        (self.folder / "manifests").mkdir()
        manifests = [PROJECT.format(*receiver) for receiver in RECEIVERS]
        manifests += [WAREHOUSE.format(*warehouse) for warehouse in WAREHOUSES]
        (self.folder / "manifests/all.yaml").write_text("---".join(manifests))
        (self.folder / "manifests/all.yaml").chmod(0o600)
        (self.folder / "config.yaml").write_text(
            f"baseURL: http://127.0.0.1:{self.port}/webhooks\nsource: {{ directory: manifests }}\n"
            "sink: { file: { directory: refresh } }\nstateDirectory: state\nrefresh: { minInterval: 0s }\n"
            "log: { file: webhook-fcgi.log }\n"
        )
        (self.folder / "webhook_fcgi_params").write_text((CHECKOUT / "nginx/webhook_fcgi_params").read_text())
        # The server that is shipped, at another port and with the receivers in it.
        server = (CHECKOUT / "nginx/status.conf").read_text().replace(
            "listen 127.0.0.1:8081;",
            f"listen 127.0.0.1:{self.port};\n"
            "location /webhooks/ { include webhook_fcgi_params; fastcgi_pass webhook_fcgi; }",
        )
        (self.folder / "nginx.conf").write_text(
            f"user root; pid nginx.pid; error_log nginx.error.log; events {{}}\nhttp {{ access_log off;\n"
            "client_body_temp_path body; fastcgi_temp_path fastcgi; proxy_temp_path proxy; uwsgi_temp_path uwsgi; "
            "scgi_temp_path scgi;\n"
            f"upstream webhook_fcgi {{ server unix:{self.folder}/socket; keepalive 8; }}\n{server} }}\n"
        )
        self.start(PROGRAM, "serve", "--listen", f"unix:{self.folder}/socket", "--config", "config.yaml")
        wait_until("the program listens", (self.folder / "socket").exists)
        self.start("nginx", "-p", self.folder, "-c", "nginx.conf", "-e", "nginx.error.log", "-g", "daemon off;")
        wait_until("nginx answers", lambda: self.status("/readyz") == 200)
        listed = subprocess.run([PROGRAM, "receivers", "--config", "config.yaml", "--output", "json"],
                                cwd=self.folder, check=True, capture_output=True, text=True)
        self.receivers = {row["project"]: row for row in json.loads(listed.stdout)}

    def close(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=30)
        self.temporary.cleanup()

    def start(self, *words):
        self.processes.append(subprocess.Popen(words, cwd=self.folder))

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def request(self, path, body=None, headers=None):
        """Status and body; a redirection is not followed."""
        opener = urllib.request.build_opener(Unfollowed)
        try:
            with opener.open(urllib.request.Request(self.url(path), body, headers or {}), timeout=30) as reply:
                return reply.status, reply.read().decode(), reply.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers

    def status(self, path):
        try:
            return self.request(path)[0]
        except OSError:
            return None

    def post(self, project, body):
        row = self.receivers[project]
        secret = next(receiver[4] for receiver in RECEIVERS if receiver[0] == project)
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "go-http-client/1.1"}
        if row["type"] == "harbor":
            headers["Authorization"] = secret
        return self.request(row["path"], body, headers)[0]

    def harbor(self, project, repository, tag, event="PUSH_ARTIFACT"):
        name = repository.removeprefix(f"{REGISTRY}/")
        return self.post(project, {
            "type": event, "occur_at": time.time_ns() // 1000, "operator": "robot$ci",
            "event_data": {
                "resources": [{"digest": "sha256:" + "1f" * 32, "tag": tag, "resource_url": f"{repository}:{tag}"}],
                "repository": {"name": name.split("/")[-1], "namespace": project, "repo_full_name": name,
                               "repo_type": "private"},
            },
        })

    def fill(self):
        """A day, of which the last deliveries are real."""
        chosen = random.Random(7)
        now = int(time.time())
        with sqlite3.connect(self.folder / "state/outbox.sqlite", timeout=30) as outbox:
            for project, name, height in [("guestbook", "harbor", 42), ("payments", "registry", 12),
                                          ("storefront", "harbor", 22)]:
                for ago in range(23, 0, -1):
                    hour = now // 3600 - ago
                    busy = 1 if 7 <= hour % 24 <= 18 else 0.25
                    refused = 9 if project == "storefront" and ago in (3, 4) else 0
                    outbox.execute("INSERT INTO activity VALUES (?, ?, ?, ?, ?, 0, 0, 0)",
                                   (hour, project, name, int(height * busy * chosen.uniform(0.4, 1)), refused))
        outbox.close()
        self.harbor("storefront", f"{REGISTRY}/storefront/cart", "1.19.0")
        self.post("payments", {
            "id": "a1", "timestamp": "2026-01-01T00:00:00Z", "action": "push",
            "target": {"mediaType": "application/vnd.docker.distribution.manifest.v2+json", "size": 524,
                       "digest": "sha256:" + "2e" * 32, "repository": "payments/ledger", "tag": "1.7.3"},
            "request": {"id": "b2", "host": "example.azurecr.io", "method": "PUT"},
        })
        self.harbor("guestbook", f"{REGISTRY}/guestbook/web", "2.0.0-rc.1")
        self.harbor("guestbook", f"{REGISTRY}/guestbook/worker", "1.4.2")
        self.harbor("guestbook", f"{REGISTRY}/guestbook/api", "1.4.2", "PULL_ARTIFACT")
        self.harbor("guestbook", f"{REGISTRY}/guestbook/web", "1.12.0")
        self.harbor("guestbook", f"{REGISTRY}/guestbook/api", "1.4.2")
        # What has come is counted once a second.
        wait_until("everything is counted", lambda: "nothing yet" in self.request("/")[1]
                   and self.request("/")[1].count("<td role=\"cell\" class=\"short\" data-label=\"Last success\">"
                                                  "<div><time") == 3)


class Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None
