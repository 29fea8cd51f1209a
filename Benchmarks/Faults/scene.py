# SPDX-License-Identifier: Apache-2.0
"""One fault's surroundings: nginx, the program, its senders, and whoever watches what arrives."""

import os
import sqlite3
import threading
import time
from contextlib import ExitStack, closing

import contenders
import fleet
import outbox
import processes
import web
from ledger import Ledger
from senders import Senders
from sinks import Files

_PROJECTS, _WAREHOUSES = 20, 50


class Responder:
    """The program at a socket that outlives it, as under systemd: whoever restarts it refuses nobody."""

    def __init__(self, config, listener, log, environment):
        self.config, self.listener, self.log = config, listener, log
        self.environment = {**os.environ, **environment}
        self.process = None

    def start(self, before=None):
        """Starts it; `before` is called in the process that becomes it."""
        self.process = processes.start(
            [contenders.PROGRAM, "serve", "--config", self.config], self.log, before, stdin=self.listener,
            env=self.environment
        )

    def kill(self):
        """Ends it as a crash would; one that has ended before has crashed."""
        self.expect_alive()
        self.process.kill()
        self.process.wait()

    def terminate(self):
        """Ends it as an operator would, and returns the seconds that took."""
        self.expect_alive()
        began = time.monotonic()
        self.process.terminate()
        code = self.process.wait(30)
        if code != 0:
            raise RuntimeError(f"SIGTERM: the program ended with {code}")
        return time.monotonic() - began

    def expect_alive(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the program has ended by itself with {self.process.returncode}; see {self.log}")


class Scene:
    """Everything runs and deliveries flow inside of the context; `settle` then counts what has arrived."""

    def __init__(
        self, folder, name, count=1, rate=500, sink=None, environment=None, by_arrival=False, prepare=None, wait=60,
        logs_all=False, damages=False
    ):
        self.folder, self.name, self.count, self.rate, self.wait = folder / name, name, count, rate, wait
        self.make_sink, self.environment, self.by_arrival = sink, environment or {}, by_arrival
        # Whether the delivery log is to have every delivery that was accepted, however many.
        self.logs_all = logs_all
        # Whether a disk may lose what nobody was told of, and a journal end with half of it.
        self.damages = damages
        if logs_all:
            self.environment = {**self.environment, "WEBHOOK_FCGI_DELIVERIES_KEEP": "1000000"}
        # Called with the scene before anything runs, such as to mount something.
        self.prepare = prepare or (lambda scene: None)
        self.notes = []

    def __enter__(self):
        with ExitStack() as stack:
            self.folder.mkdir()
            self.sink = self.make_sink(self.folder) if self.make_sink else None
            fleet_folder = self.folder / "fleet"
            setting = self.sink.setting if self.sink else fleet.FILES
            self.config = fleet.write(fleet_folder, _PROJECTS, _WAREHOUSES, setting)
            self.state, self.refresh = fleet_folder / "state", fleet_folder / "refresh"
            for each in (self.state, self.refresh):
                each.mkdir(mode=0o700)
            self.paths = {}
            for path, repository in fleet.targets(contenders.PROGRAM, self.config, _WAREHOUSES):
                self.paths[repository.removeprefix(f"{fleet.REGISTRY}/")] = path, repository
            self.ledger = Ledger(list(self.paths), self.by_arrival)
            self.arrivals = self.sink or Files(self.refresh, self.ledger.problems)
            self.stack = stack
            self.prepare(self)
            self.listener = stack.enter_context(contenders.listening(self.folder / "ours.sock"))
            self.nginx = stack.enter_context(web.Nginx(self.folder))
            stack.callback(self._stop)
            environment = {"WEBHOOK_FCGI_LOG_FILE": str(self.folder / f"{self.name}-program.log"), **self.environment}
            log = self.folder / f"{self.name}.log"
            self.responders = [
                Responder(self.config, self.listener, log, environment) for _ in range(self.count)
            ]
            for responder in self.responders:
                responder.start()
            self.over = threading.Event()
            self.watcher = threading.Thread(target=self._watch, daemon=True)
            self.watcher.start()
            stack.callback(self._end_watcher)
            self.senders = Senders(
                self.ledger, self.paths, [self.nginx.kept, self.nginx.kept, self.nginx.closed], self.rate
            )
            stack.enter_context(self.senders)
            processes.wait_for(lambda: self.ledger.delays, "a first refresh", 20)
            self.began = time.monotonic()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                self.settle()
        finally:
            self.stack.close()

    def _stop(self):
        for responder in self.responders:
            if responder.process is not None and responder.process.poll() is None:
                processes.stop(responder.process)

    def _end_watcher(self):
        self.over.set()
        self.watcher.join()

    def _watch(self):
        while not self.over.wait(0.1):
            self.look()

    def look(self):
        self.ledger.take(self.arrivals.refreshes(self.ledger.waiting()))

    def settle(self):
        """Ends the senders, waits for what was promised, and looks at what is left when the program has ended."""
        self.senders.__exit__()
        end = time.monotonic() + self.wait
        while self.ledger.waiting() and time.monotonic() < end:
            time.sleep(0.1)
        # A refresh that nobody was promised may still be pending.
        while outbox.pending(self.config) and time.monotonic() < end:
            time.sleep(0.1)
        self._end_watcher()
        for responder in self.responders:
            responder.terminate()
        problems = self.ledger.problems
        if pending := outbox.pending(self.config):
            problems.append(f"{pending} refreshes are pending")
        with closing(sqlite3.connect(self.state / "outbox.sqlite")) as database:
            [result] = database.execute("PRAGMA integrity_check").fetchone()
            [logged] = database.execute("SELECT count(DISTINCT id) FROM delivery").fetchone()
        # What nobody heard the answer of may be there as well.
        if self.logs_all and logged < self.ledger.counts.accepted:
            problems.append(f"the log has {logged} deliveries of {self.ledger.counts.accepted}")
        if left := list(self.state.glob("journal-*")):
            problems.append(f"{left[0].name} is left")
        if result != "ok":
            problems.append(f"integrity_check: {result}")
        damaged = [path.name for path in self.state.glob("*damaged-*")]
        if damaged and not (self.damages and all(name.startswith("damaged-journal-") for name in damaged)):
            problems.append(f"what cannot be read was moved aside as {damaged[0]}")
        self.ledger.take(self.arrivals.refreshes(self.paths))
        self.lost = self.ledger.lost()
