# SPDX-License-Identifier: Apache-2.0
"""The nginx in front of all contenders."""

import os
import socket
from pathlib import Path

import processes

HERE = Path(__file__).parent


def free_port():
    """A port of 127.0.0.1 that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fill(template, target, values):
    """Copies a template and replaces every @name@."""
    text = (HERE / template).read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    target.write_text(text)


class Nginx:
    def __init__(self, folder):
        self.folder = folder / "nginx"
        (self.folder / "tmp").mkdir(parents=True)
        self.kept, self.closed, self.webhook = free_port(), free_port(), free_port()
        values = {
            # As root its workers would be somebody else, to whom the sockets do not belong.
            "user": "user root;" if os.geteuid() == 0 else "",
            # The other half of the cores is for wrk and the contender.
            "workers": max(1, os.cpu_count() // 2),
            "parameters": self.folder / "webhook_fcgi_params",
            "folder": folder,
            "script": HERE / "refresh.php",
            "kept": self.kept,
            "closed": self.closed,
            "webhook": self.webhook,
        }
        parameters = (HERE / "../../nginx/webhook_fcgi_params").read_text().splitlines()
        # Each server says itself whether connections are kept.
        lines = [line for line in parameters if not line.startswith("fastcgi_keep_conn")]
        (self.folder / "webhook_fcgi_params").write_text("\n".join(lines) + "\n")
        fill("nginx.conf", self.folder / "nginx.conf", values)
        fill("locations.conf", self.folder / "locations.conf", values)

    def __enter__(self):
        log = self.folder / "nginx.error.log"
        self.process = processes.start(
            ["nginx", "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", log], log
        )
        processes.wait_for(self.listens, f"nginx listens; see {log}")
        return self

    def __exit__(self, *_):
        processes.stop(self.process)

    def listens(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"nginx has ended; see {self.folder}/nginx.error.log")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.closed)) == 0
