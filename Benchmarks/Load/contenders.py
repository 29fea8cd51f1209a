# SPDX-License-Identifier: Apache-2.0
"""Everybody who takes part: what it is called, where its requests go, and how it is started."""

import getpass
import os
import shutil
import socket
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import apiserver
import fastcgi
import fleet
import load
import processes
import web

PROGRAM = web.HERE.parent.parent / ".build/release/webhook-fcgi"

# The limit's threads: more than connections can come, or those that are kept open leave none for others.
LIMIT_THREADS = 256 + 16


@dataclass
class Place:
    """Where a run happens."""

    folder: Path
    nginx: web.Nginx
    config: Path
    # Files with a path and a repository a line, for push.lua, by contender.
    pushes: dict


@dataclass
class Contender:
    key: str
    name: str
    # Starts it in a Place and returns its processes.
    start: Callable
    # The location of its requests; None for the paths of the fleet's receivers.
    path: str | None = None
    # Repositories that are pushed to, a multiple of the 100 projects.
    targets: int = 100
    cells: list = field(default_factory=lambda: load.CELLS)
    # Of the program: where its settings are in a Place.
    config: Callable | None = None
    # What runs beside it in its turn alone, and is not counted with it.
    beside: Callable = lambda place: nullcontext()


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


def _durable_limit(program):
    def start(place):
        for leftover in place.folder.glob(f"{program}.journal*"):
            leftover.unlink()
        with listening(place.folder / "durable-limit.sock") as listener:
            command = [place.folder / program, place.folder / f"{program}.journal"]
            return [processes.start(under + command, place.folder / f"{program}.log", stdin=listener)]

    return start


def serve(place, config, count=1, keeps=False):
    """Starts the program, `count` processes at one socket, with nothing in its outbox unless it `keeps` it."""
    for leftover in () if keeps else ("state", "refresh"):
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


def check(place):
    """A benchmark of pushes that nobody takes would look just as good."""
    path, repository = next(fleet.targets(PROGRAM, place.config, 1))
    connection = fastcgi.Connection(place.folder / "ours.sock", timeout=30)
    # As many digits as push.lua takes.
    status, body = connection.ask(fastcgi.request(path, fleet.SECRET, fleet.push(repository, 99 * 10**13)))
    connection.close()
    if status not in (200, 202) or "1 warehouse(s)" not in body:
        raise RuntimeError(f"a push is answered {status} {body}")


# Nobody listens there before its turn.
_API_PORT = web.free_port()


def _kubernetes_config(place):
    return place.config.parent / "kubernetes.yaml"


def _serve_kubernetes(place):
    fleet.settings(place.config.parent, "kubernetes.yaml", apiserver.kubeconfig(place.folder, _API_PORT))
    return serve(place, _kubernetes_config(place))


def _api_server(place):
    return apiserver.Real(place.folder, _API_PORT, fleet.names(100, 1))


def _ours(key, name, processes=1, **options):
    return Contender(
        key, f"webhook-fcgi, {name}", lambda place: serve(place, place.config, processes),
        config=lambda place: place.config, **options
    )


CONTENDERS = [
    Contender("limit", "limit", _limit, "/limit"),
    Contender("durable", "durable limit", _durable_limit("durable-limit"), "/durable-limit"),
    # Not with larger bodies: it keeps everything.
    Contender(
        "sqlite", "durable limit in SQLite", _durable_limit("durable-sqlite"), "/durable-limit", cells=load.SMALL
    ),
    _ours("ours", "file sink"),
    Contender(
        "kubernetes", "webhook-fcgi, Kubernetes sink", _serve_kubernetes, cells=load.SMALL,
        config=_kubernetes_config, beside=_api_server,
    ),
    _ours("ours2", "file sink, 2 processes", 2, cells=load.SMALL),
    _ours("ours10000", "file sink, 10,000 targets", targets=10_000, cells=[load.BUSY]),
    Contender("php", "php-fpm", _php, "/php"),
    Contender("webhook", "webhook", _webhook, "/webhook"),
]
