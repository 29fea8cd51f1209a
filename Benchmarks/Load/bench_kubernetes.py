#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Kubernetes sink before an API server that is slow, away, and back again; called by `make bench-kubernetes`.

Environment: DURATION (seconds of load before a slow API server), PENDING (refreshes that pile up, in hundreds).
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import apiserver
import contenders
import fastcgi
import fleet
import load
import machine
import memory_map
import outbox
import processes
import report
import web
import workspace

# One push wakes so many Warehouses.
SUBSCRIBERS = 100
GOAL_MEBIBYTES = 100


@dataclass
class Results:
    pending: int
    latency: list = field(default_factory=list)
    first: list = field(default_factory=list)
    resident: dict = field(default_factory=dict)
    memory: list = field(default_factory=list)
    maps: dict = field(default_factory=dict)
    drains: list = field(default_factory=list)
    notes: list = field(default_factory=list)


def main():
    duration = int(os.environ.get("DURATION", "10"))
    pending = int(os.environ.get("PENDING", "100000"))
    if duration < 1 or pending < SUBSCRIBERS or pending % SUBSCRIBERS:
        sys.exit(f"bench: DURATION is at least 1, PENDING a multiple of {SUBSCRIBERS}")
    load_average = os.getloadavg()
    with workspace.alone() as folder:
        results = Results(pending)
        slow(folder, results, duration)
        away(folder, results)
        real(folder, results)
        path = workspace.result("-kubernetes.md")
        path.write_text(markdown(results, machine.describe(workspace.ROOT, workspace.RUN, load_average), duration))
        workspace.link("kubernetes", path)
    print(path.relative_to(workspace.ROOT))


# A slow API server

def slow(folder, results, duration):
    """Latency of replies while each patch takes long, and while none is taken."""
    port = web.free_port()
    config = fleet.write(folder / "fleet", 100, 100, apiserver.kubeconfig(folder, port))
    pushes = folder / "pushes"
    pushes.write_text("".join(f"{path} {name}\n" for path, name in fleet.targets(contenders.PROGRAM, config, 1)))
    contender = contenders.Contender("slow", "webhook-fcgi", None)
    with web.Nginx(folder) as nginx:
        place = contenders.Place(folder, nginx, config, {"slow": pushes})
        for title, delay in (("at once", 0), ("after 5 s", 5), ("never: connection refused", None)):
            print(f"an API server that answers {title}", flush=True)
            if delay is None:
                _slow_turn(place, contender, results, duration, title)
                continue
            with apiserver.Scripted(folder, port, delay) as server:
                _slow_turn(place, contender, results, duration, title, server)


def _slow_turn(place, contender, results, duration, title, server=None):
    responders = contenders.serve(place, place.config)
    try:
        processes.settle(responders, at_least=1, at_most=10)
        path, repository = next(fleet.targets(contenders.PROGRAM, place.config, 1))
        connection = fastcgi.Connection(place.folder / "ours.sock", timeout=30)
        began = time.perf_counter()
        status, body = connection.ask(fastcgi.request(path, fleet.SECRET, fleet.push(repository, 99 * 10**13)))
        results.first.append([title, f"{(time.perf_counter() - began) * 1000:.1f}", status, body])
        connection.close()
        if "1 warehouse(s)" not in body:
            raise RuntimeError(f"a push is answered {status} {body}")
        for cell in (load.Cell(1), load.Cell(16)):
            measured = load.measure(place, contender, responders, cell, duration, drains=False)
            print(f"  {cell.title:36} {measured}", flush=True)
            results.latency.append([
                title, cell.connections, report.number(measured.rate), report.number(measured.p50),
                report.number(measured.p99), report.number(measured.cpu),
            ])
        if server is not None:
            counts = server.counts()
            note = f"The API server that answers {title} took {counts['patches']:,} patches"
            # Without a delay it has done with one before it looks at the next, however many have been sent.
            results.notes.append(note + (f", at most {counts['most']} at once." if server.delay else "."))
    finally:
        for responder in responders:
            processes.stop(responder)


# An API server that is away

def away(folder, results):
    """Memory while refreshes of distinct targets pile up, and how long they take once the API server is back."""
    port = web.free_port()
    sink = apiserver.kubeconfig(folder, port)
    large = fleet.write(folder / "large", results.pending // SUBSCRIBERS, SUBSCRIBERS, sink, is_shared=True)
    with _Serving(folder, large) as serving:
        serving.note(f"{results.pending:,} Warehouses loaded, none pending", results)
        began = time.monotonic()
        _push(folder, large)
        count = outbox.pending(large)
        if count != results.pending:
            raise RuntimeError(f"{count} refreshes are pending, not {results.pending}")
        print(f"  {count:,} refreshes of {count // SUBSCRIBERS:,} pushes in {time.monotonic() - began:.1f} s")
        # The sink is refused meanwhile, again and again.
        time.sleep(10)
        title = f"{results.pending:,} Warehouses loaded, all of them pending"
        results.resident[title] = serving.note(title, results)
        results.maps[f"{results.pending:,} Warehouses, all pending"] = memory_map.read(serving.process.pid)

    # The same outbox with few manifests shows what the refreshes cost, without the Warehouses.
    small = fleet.write(folder / "small", 100, 1, sink)
    with _Serving(folder, small) as serving:
        serving.note("100 Warehouses loaded, none pending", results)
        results.maps["100 Warehouses, none pending"] = memory_map.read(serving.process.pid)
        # What it costs to have tried at all.
        _push(folder, small)
        time.sleep(10)
        serving.note("100 Warehouses loaded, all of them pending", results)
        results.maps["100 Warehouses, 100 pending"] = memory_map.read(serving.process.pid)
    (small.parent / "state").rename(small.parent / "state-of-before")
    (large.parent / "state").rename(small.parent / "state")
    with _Serving(folder, small, keeps=True) as serving:
        time.sleep(10)
        if outbox.pending(small) != results.pending:
            raise RuntimeError("refreshes are missing after a restart")
        title = f"100 Warehouses loaded, {results.pending:,} refreshes pending after a restart"
        results.resident[title] = serving.note(title, results)
        results.maps[f"100 Warehouses, {results.pending:,} pending"] = memory_map.read(serving.process.pid)
    outbox.make_due(small)
    with apiserver.Scripted(folder, port, 0) as server, _Serving(folder, small, keeps=True) as serving:
        seconds = outbox.drain(small, timeout=300)
        serving.note("while they are delivered", results)
        counts = server.counts()
        if counts["patches"] < results.pending:
            raise RuntimeError(f"only {counts['patches']} patches came")
        _drained(results, "scripted, at once", results.pending, seconds)


class _Serving:
    """The program with these settings, loaded and idle."""

    def __init__(self, folder, config, keeps=False):
        self.place = contenders.Place(folder, None, config, {})
        self.keeps = keeps

    def __enter__(self):
        [self.process] = contenders.serve(self.place, self.place.config, keeps=self.keeps)
        connection = fastcgi.Connection(self.place.folder / "ours.sock", timeout=60)
        # The first reply comes when everything is loaded.
        status, _ = connection.ask(fastcgi.request("/webhooks/nothing", fleet.SECRET, b"{}"))
        connection.close()
        if status != 404:
            raise RuntimeError(f"the status is {status}, not 404")
        if not self.keeps:
            processes.settle([self.process], at_least=2, at_most=10)
        return self

    def __exit__(self, *_):
        processes.stop(self.process)

    def note(self, title, results):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        values = {line.split(":")[0]: line.split()[1] for line in status.splitlines() if "kB" in line}
        row = [f"{int(values[name]) / 1024:.1f}" for name in ("VmRSS", "RssAnon", "RssFile", "RssShmem", "VmHWM")]
        print(f"  {title:70} {' '.join(row)}", flush=True)
        results.memory.append([title, *row])
        return int(values["VmRSS"]) / 1024


def _push(folder, config, connections=16):
    """One push to each project, and all of them are accepted."""
    targets = list(fleet.targets(contenders.PROGRAM, config, 1))

    def some(first):
        connection = fastcgi.Connection(folder / "ours.sock", timeout=60)
        for number, (path, repository) in list(enumerate(targets))[first::connections]:
            reply = connection.ask(fastcgi.request(path, fleet.SECRET, fleet.push(repository, number)))
            if reply[0] not in (200, 202):
                raise RuntimeError(f"a push is answered {reply}")
        connection.close()

    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(some, range(connections)))


def _drained(results, title, count, seconds):
    print(f"  {title}: {count:,} refreshes in {seconds:.1f} s, {count / seconds:,.0f}/s", flush=True)
    results.drains.append([title, f"{count:,}", report.number(seconds), report.number(count / seconds)])


# A real one

def real(folder, results, projects=100, warehouses=20):
    """2,000 refreshes that wait for kube-apiserver."""
    if not apiserver.programs():
        note = "kube-apiserver: skipped, for it is not there; `make test` gets one."
        print(note)
        results.notes.append(note)
        return
    port = web.free_port()
    config = fleet.write(
        folder / "real", projects, warehouses, apiserver.kubeconfig(folder, port), is_shared=True
    )
    with _Serving(folder, config):
        _push(folder, config)
    if outbox.pending(config) != projects * warehouses:
        raise RuntimeError("not all refreshes are pending")
    outbox.make_due(config)
    print("kube-apiserver", flush=True)
    with apiserver.Real(folder, port, fleet.names(projects, warehouses)) as server:
        with _Serving(folder, config, keeps=True):
            seconds = outbox.drain(config, timeout=120)
            if server.refreshed() != projects * warehouses:
                raise RuntimeError(f"only {server.refreshed()} Warehouses have the annotation")
        _drained(results, "kube-apiserver with etcd", projects * warehouses, seconds)


def markdown(results, described, duration):
    goals = [
        [title, f"≤ {GOAL_MEBIBYTES} MiB", f"{value:.1f} MiB", report.verdict(value <= GOAL_MEBIBYTES)]
        for title, value in results.resident.items()
    ]
    parts = [
        "<!-- SPDX-License-Identifier: Apache-2.0 -->\n",
        "# What a slow API server does\n",
        "Written by `make bench-kubernetes`. Everything shares the machine, so only comparisons within this run mean "
        "something.\n",
        report.table(["machine", ""], described),
        "## Goals\n",
        report.table(["goal", "wanted", "measured", "reached"], goals),
        "## Replies while the API server is slow\n",
        f"wrk through nginx for {duration} s, pushes of new tags to 100 of 10,000 Warehouses by chance.\n",
        report.table(
            ["each patch is answered", "connections", "requests/s", "p50, ms", "p99, ms", "CPU a request, µs"],
            results.latency,
        ),
        "The first delivery of each turn finds the outbox idle, and waits for its refresh for "
        "`refresh.confirmTimeout` of 100 ms; no other does while one is pending.\n",
        report.table(["each patch is answered", "first reply, ms", "status", "body"], results.first),
        f"## Memory with {results.pending:,} pending refreshes of distinct Warehouses, in MiB\n",
        "The API server refuses connections. Every push wakes 100 Warehouses.\n",
        report.table(["", "resident", "anonymous", "file", "shared memory", "peak since the start"], results.memory),
        "Where it is, by /proc/PID/smaps:\n",
        memory_map.table(results.maps),
        "## Once the API server is back\n",
        "From the first reply of a fresh process until no refresh is pending; every wait for another attempt was ended "
        "beforehand. The program has up to 16 patches under way, by the default of `sink.kubernetes.maxConcurrent`. The "
        "scripted server is Python on the same cores, works on one after the other, and costs more than the program.\n",
        report.table(["API server", "refreshes", "seconds", "patches/s"], results.drains),
        "".join(f"- {note}\n" for note in results.notes),
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    workspace.time_and_report(main)
