# SPDX-License-Identifier: Apache-2.0
"""Everybody who takes part: what it is called, where its requests go, and how it is started."""

import getpass
import os
import shutil
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import fleet
import processes
import web

ROOT = web.HERE.parent.parent
PROGRAM = ROOT / ".build/release/webhook-fcgi"

# The limit's threads: more than connections can come, or those that are kept open leave none for others.
LIMIT_THREADS = 256 + 16


@dataclass
class Place:
    """Where a run happens."""

    folder: Path
    nginx: web.Nginx
    config: Path
    # Files with a path and a repository a line, for push.lua.
    pushes: dict


@dataclass
class Contender:
    key: str
    name: str
    # Starts it in a Place and returns its processes.
    start: Callable
    # The location of its requests; None for the paths of the fleet's receivers.
    path: str | None = None


# What a contender is run by, such as valgrind.
under = []


@contextmanager
def listening(path, backlog=1024):
    """A Unix socket that whoever gets it as standard input accepts from, as from spawn-fcgi."""
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(backlog)
        yield listener


def _limit(place):
    with listening(place.folder / "limit.sock") as listener:
        command = [place.folder / "limit", LIMIT_THREADS]
        return [processes.start(under + command, place.folder / "limit.log", stdin=listener)]


def _durable_limit(place):
    with listening(place.folder / "durable-limit.sock") as listener:
        command = [place.folder / "durable-limit", place.folder / "durable-limit.journal"]
        return [processes.start(under + command, place.folder / "durable-limit.log", stdin=listener)]


def serve(place, config, count=1):
    """Starts the program, `count` processes at one socket, without anything in its outbox."""
    for leftover in ("state", "refresh"):
        shutil.rmtree(config.parent / leftover, ignore_errors=True)
    (config.parent / "webhook-fcgi.log").unlink(missing_ok=True)
    with listening(place.folder / "ours.sock") as listener:
        command = [PROGRAM, "serve", "--config", config]
        return [processes.start(under + command, place.folder / "ours.log", stdin=listener) for _ in range(count)]


def _php(place):
    name = next((path for path in map(shutil.which, _php_names()) if path), None)
    if name is None:
        raise RuntimeError("php-fpm is not installed")
    shutil.rmtree(place.folder / "php", ignore_errors=True)
    (place.folder / "php").mkdir()
    values = {"folder": place.folder, "user": getpass.getuser(), "secret": fleet.SECRET}
    config = place.folder / "php-fpm.conf"
    web.fill("php-fpm.conf", config, values)
    socket_path = place.folder / "php.sock"
    socket_path.unlink(missing_ok=True)
    # As root only when told so.
    command = [name, "--nodaemonize", "--fpm-config", config]
    if os.geteuid() == 0:
        command.append("--allow-to-run-as-root")
    process = processes.start(command, place.folder / "php-fpm.log")
    processes.wait_for(socket_path.exists, f"php-fpm listens; see {place.folder}/php-fpm.log")
    return [process]


def _php_names():
    return ["php-fpm", *(f"php-fpm8.{minor}" for minor in range(9, -1, -1))]


def _webhook(place):
    hooks = place.folder / "webhook-hooks.json"
    web.fill("webhook-hooks.json", hooks, {"secret": fleet.SECRET})
    port = place.nginx.webhook
    command = ["webhook", "-hooks", hooks, "-ip", "127.0.0.1", "-port", port]
    process = processes.start(command, place.folder / "webhook.log")

    def listens():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    processes.wait_for(listens, f"webhook listens; see {place.folder}/webhook.log")
    return [process]


CONTENDERS = [
    Contender("limit", "limit", _limit, "/limit"),
    Contender("durable", "durable limit", _durable_limit, "/durable-limit"),
    Contender("ours", "webhook-fcgi, file sink", lambda place: serve(place, place.config)),
    Contender("ours2", "webhook-fcgi, file sink, 2 processes", lambda place: serve(place, place.config, 2)),
    Contender("php", "php-fpm", _php, "/php"),
    Contender("webhook", "webhook", _webhook, "/webhook"),
]


def kubernetes():
    """The program with the Kubernetes sink and a real API server; a text instead where that cannot be.

    Not there yet: needs a contender that starts etcd and kube-apiserver, makes the fleet's Warehouses in it,
    and serves with settings whose sink is `kubernetes`.
    """
    try:
        script = ROOT / "Tests/KubernetesTests/kube-apiserver.sh"
        subprocess.run([script], check=True, stdout=subprocess.PIPE, text=True, timeout=1)
    except (OSError, subprocess.SubprocessError):
        return "webhook-fcgi, Kubernetes sink: skipped, no kube-apiserver is there"
    return "webhook-fcgi, Kubernetes sink: skipped, the program has no such sink yet"
