#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs everybody behind the same nginx and writes what came out; called by `make bench`.

Environment: ROUNDS, DURATION (seconds a measurement), CONTENDERS (a list of keys, all when it is empty),
BENCH_SIZES=1 (also builds the dynamically linked program, which takes minutes), CALLGRIND=1 (also counts
instructions, which takes minutes and needs valgrind).
"""

import fcntl
import os
import platform
import shutil
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

import charts
import contenders
import fleet
import instructions
import load
import processes
import report
import sizes
import startup
import web

ROOT = contenders.ROOT
RUN = ROOT / "run/bench"
RESULTS = ROOT / "Benchmarks/results"


def main():
    parameters = {
        "rounds": int(os.environ.get("ROUNDS", "3")),
        "duration": int(os.environ.get("DURATION", "5")),
        "load": os.getloadavg(),
    }
    chosen = os.environ.get("CONTENDERS", "").split()
    unknown = set(chosen) - {each.key for each in contenders.CONTENDERS}
    if unknown:
        sys.exit(f"bench: no such contender: {', '.join(unknown)}")
    if parameters["rounds"] < 1 or parameters["duration"] < 1:
        sys.exit("bench: ROUNDS and DURATION are at least 1")
    # nginx and php-fpm are where not everybody looks for programs.
    os.environ["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"
    RUN.mkdir(parents=True, exist_ok=True)
    with open(RUN / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("bench: another one is running in this checkout")
        bench(parameters, chosen)


def bench(parameters, chosen):
    # Whatever a killed run has left; its processes have died with it, maybe a moment ago.
    for leftover in RUN.glob("work-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    folder = RUN / f"work-{os.getpid()}"
    folder.mkdir()
    if len(str(folder / "durable-limit.sock")) > 100:
        sys.exit(f"bench: {folder} is too long a path for a Unix socket: use a checkout nearer to the root")
    try:
        results = run(folder, parameters, [each for each in contenders.CONTENDERS if not chosen or each.key in chosen])
        write(results, parameters, is_complete=not chosen)
    finally:
        keep_logs(folder)
        shutil.rmtree(folder, ignore_errors=True)


def run(folder, parameters, taking_part):
    for name in ("limit", "durable-limit"):
        source = web.HERE / f"{name}.c"
        processes.run(["cc", "-O2", "-Wall", "-Wextra", "-o", folder / name, source, "-lfcgi", "-lpthread"], 60)
    config = fleet.write(folder / "fleet", 100, 100)
    targets = list(fleet.targets(contenders.PROGRAM, config, 100))
    results = report.Results(taking_part)
    with web.Nginx(folder) as nginx:
        place = contenders.Place(folder, nginx, config, pushes(folder, targets, taking_part))
        for number in range(parameters["rounds"]):
            for contender in taking_part:
                print(f"round {number + 1}: {contender.name}", flush=True)
                take_turn(place, contender, results, parameters["duration"])
        note = contenders.kubernetes()
        print(note)
        results.notes.append(note + ".")
        results.startup = startup.measure(place)
        results.sizes = sizes.measure(ROOT, folder, contenders.PROGRAM)
        if os.environ.get("CALLGRIND") == "1":
            results.instructions = instructions.measure(place)
    return results


def pushes(folder, targets, taking_part):
    """What push.lua reads: the pushes go to the fleet's receivers, or all to a contender's one location."""
    files = {}
    for path in {each.path for each in taking_part}:
        files[path] = folder / f"pushes{(path or '/fleet').replace('/', '-')}"
        files[path].write_text("".join(f"{path or own} {repository}\n" for own, repository in targets))
    return files


def take_turn(place, contender, results, duration):
    """All measurements of one contender, which starts anew in each round: nobody else runs meanwhile."""
    responders = contender.start(place)
    try:
        processes.settle(responders, at_least=1, at_most=10)
        results.idle[contender.key].append(processes.memory(responders))
        load.measure(place, contender, responders, load.Cell(16), 1)  # to warm up
        for cell in load.CELLS:
            measurement = load.measure(place, contender, responders, cell, duration)
            results.add(contender, cell, measurement)
            print(
                f"  {cell.title:36} {measurement.rate:9,.0f}/s  p50 {measurement.p50:8.2f} ms  "
                f"p99 {measurement.p99:8.2f} ms  {measurement.cpu:7.1f} µs  {measurement.resident:6.1f} MiB",
                flush=True,
            )
        results.after[contender.key].append(processes.memory(responders))
        if any(responder.poll() is not None for responder in responders):
            raise load.LoadError(f"{contender.name} has ended under load")
    finally:
        for responder in responders:
            processes.stop(responder)


def write(results, parameters, is_complete):
    commit = processes.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], 10).strip()
    changed = processes.run(["git", "-C", ROOT, "status", "--porcelain", "--untracked-files=no"], 10).strip()
    name = f"{datetime.now(timezone.utc):%Y-%m-%d}-{commit}"
    RESULTS.mkdir(exist_ok=True)
    names = []
    for kind, (title, chart) in draw(results).items():
        (RESULTS / f"{name}-{kind}.svg").write_text(chart)
        names.append((title, f"{name}-{kind}.svg"))
    text = report.markdown(results, machine(commit, bool(changed), parameters), names, parameters)
    (RESULTS / f"{name}.md").write_text(text)
    if is_complete:
        report.refresh_readme(ROOT / "README.md", report.readme_table(results, f"Benchmarks/results/{name}.md"))
    print(f"Benchmarks/results/{name}.md")
    for goal, wanted, measured, reached in report.goals(results):
        print(f"  {goal:64} {wanted:>10} {measured:>10}  {reached.strip('*')}")


def draw(results):
    """Title and chart by the name of the file."""
    taking_part = [each for each in results.contenders if results.rounds[each.key]]
    levels = [cell for cell in report.SMALL if cell.connections > 1]
    names = [f"{cell.connections} connections" for cell in levels]
    rates = [(each.name, [results.median(each.key, cell, report.rate) for cell in levels]) for each in taking_part]
    latency = [
        (each.name, *(results.median(each.key, report.BUSY, value) for value in (report.p50, report.p99)))
        for each in taking_part
    ]
    costs = [(each.name, [results.median(each.key, report.BUSY, report.cpu)]) for each in taking_part]
    memory = [
        (each.name, [results.most(each.key, value, report.SMALL) for value in (report.resident, report.anonymous)])
        for each in taking_part
    ]
    drawn = {
        "throughput": ("Requests a second", charts.bars, names, rates),
        "latency": ("Latency at 64 connections, ms", charts.ranges, ["p50", "p99"], latency),
        "cpu": ("CPU of a request at 64 connections, µs", charts.bars, [], costs),
        "memory": ("Memory at the peak, MiB", charts.bars, ["resident", "anonymous"], memory),
    }
    return {kind: (title, chart(title, legend, rows)) for kind, (title, chart, legend, rows) in drawn.items()}


def machine(commit, is_changed, parameters):
    """What it ran on."""
    packages = ["libfcgi0*", "libsqlite3-0", "nginx", "php*-fpm", "webhook", "wrk"]
    command = ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Package} ${Version}\n", *packages]
    # Some may come from elsewhere; those are left out.
    known = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    installed = [line.removeprefix("ii ") for line in known.splitlines() if line.startswith("ii ")]
    model = first_line("/proc/cpuinfo", "model name").partition(":")[2].strip()
    system = first_line("/etc/os-release", "PRETTY_NAME").partition("=")[2].strip('"')
    return [
        ("cores", f"{os.cpu_count()}, {model}"),
        ("system", f"{system}, Linux {platform.release()}"),
        ("file system", processes.run(["stat", "-f", "-c", "%T", RUN], 10).strip()),
        ("load average before", " ".join(f"{value:.1f}" for value in parameters["load"])),
        ("packages", ", ".join(installed)),
        ("webhook-fcgi", commit + (" with changes that are not committed" if is_changed else "")),
        ("Swift", processes.run(["swift", "--version"], 60).splitlines()[0]),
    ]


def first_line(path, beginning):
    return next((line for line in Path(path).read_text().splitlines() if line.startswith(beginning)), "")


def keep_logs(folder):
    """What the contenders and nginx have said outlives the run, for whoever wants to know why it stopped."""
    logs = RUN / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir()
    for log in folder.rglob("*.log"):
        # The log of deliveries has millions of lines.
        with open(log, "rb") as source, open(logs / log.name, "wb") as target:
            target.write(source.read(1 << 20))


if __name__ == "__main__":
    began = time.monotonic()
    try:
        main()
    except (load.LoadError, RuntimeError, TimeoutError) as error:
        sys.exit(f"bench: {error}; logs are in {RUN / 'logs'}")
    print(f"took {(time.monotonic() - began) / 60:.1f} minutes")
