#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs everybody behind the same nginx and writes what came out; called by `make bench`.

Environment: ROUNDS, DURATION (seconds a measurement), CONTENDERS (a list of keys, all when it is empty),
BENCH_SIZES=1 (also builds the dynamically linked program, which takes minutes, and says what the program
consists of), CALLGRIND=1 (also counts instructions and allocations, which takes minutes and needs valgrind).
"""

import os
import shlex
import sys

import apiserver
import charts
import contenders
import fleet
import instructions
import load
import machine
import processes
import report
import sizes
import startup
import web
import workspace


def main():
    parameters = {
        "rounds": int(os.environ.get("ROUNDS", "3")),
        "duration": int(os.environ.get("DURATION", "3")),
        "command": command_line(),
        "load": os.getloadavg(),
    }
    chosen = os.environ.get("CONTENDERS", "").split()
    unknown = set(chosen) - {each.key for each in contenders.CONTENDERS}
    if unknown:
        sys.exit(f"bench: no such contender: {', '.join(unknown)}")
    if parameters["rounds"] < 1 or parameters["duration"] < 1:
        sys.exit("bench: ROUNDS and DURATION are at least 1")
    with workspace.alone() as folder:
        taking_part = [each for each in contenders.CONTENDERS if not chosen or each.key in chosen]
        write(run(folder, parameters, taking_part), parameters, is_complete=not chosen)


def command_line():
    """How to have the same again."""
    defaults = {"ROUNDS": "3", "DURATION": "3", "BENCH_SIZES": "0", "CALLGRIND": "0", "CONTENDERS": ""}
    values = {name: os.environ.get(name) or value for name, value in defaults.items()}
    words = [f"{name}={shlex.quote(value)}" for name, value in values.items() if value]
    return " ".join(["make bench", *words])


def run(folder, parameters, taking_part):
    for name, source, *more in (
        ("limit", "limit.c", "-lpthread"), ("durable-limit", "durable-limit.c"),
        ("durable-sqlite", "durable-limit.c", "-DSQLITE", "-lsqlite3"),
    ):
        command = ["cc", "-O2", "-Wall", "-Wextra", "-o", folder / name, web.HERE / source, "-lfcgi", *more]
        processes.run(command, 60)
    config = fleet.write(folder / "fleet", 100, 100)
    notes = []
    if not apiserver.programs():
        taking_part = [each for each in taking_part if each.key != "kubernetes"]
        notes.append("webhook-fcgi, Kubernetes sink: skipped, for no kube-apiserver is there; `make test` gets one")
        print(notes[0])
    results = report.Results(taking_part)
    results.notes = [f"{note}.\n" for note in notes]
    with web.Nginx(folder) as nginx:
        place = contenders.Place(folder, nginx, config, pushes(folder, config, taking_part))
        for number in range(parameters["rounds"]):
            for contender in taking_part:
                print(f"round {number + 1}: {contender.name}", flush=True)
                others = load.OTHERS if number == 0 else []
                take_turn(place, contender, results, parameters["duration"], others)
        results.startup = startup.measure(place)
        results.sizes = sizes.measure(workspace.ROOT, folder, contenders.PROGRAM)
        if sizes.is_asked_for():
            results.parts = sizes.parts(workspace.ROOT, folder)
            if not results.parts:
                results.notes.append("What the program consists of is not known: its linker is not gold.\n")
        if os.environ.get("CALLGRIND") == "1":
            results.instructions = instructions.measure(place)
    return results


def pushes(folder, config, taking_part):
    """What push.lua reads, by contender: pushes to the fleet's receivers, or to a contender's one location."""
    files = {}
    for contender in taking_part:
        targets = fleet.targets(contenders.PROGRAM, config, contender.targets // 100)
        files[contender.key] = folder / f"pushes-{contender.key}"
        files[contender.key].write_text("".join(f"{contender.path or own} {name}\n" for own, name in targets))
    return files


def take_turn(place, contender, results, duration, others):
    """All measurements of one contender, which starts anew in each round: nobody else runs meanwhile."""
    with contender.beside(place) as beside:
        responders = contender.start(place)
        try:
            if contender.config:
                contenders.check(place)
            processes.settle(responders, at_least=1, at_most=10)
            results.idle[contender.key].append(processes.memory(responders))
            load.measure(place, contender, responders, load.Cell(16), 1)  # to warm up
            for cells in (load.SMALL, others):
                for cell in contender.cells:
                    if cell in cells:
                        measurement = load.measure(place, contender, responders, cell, duration)
                        results.add(contender, cell, measurement)
                        print(f"  {cell.title:36} {measurement}", flush=True)
                if cells is load.SMALL:
                    results.after[contender.key].append(processes.memory(responders))
            if any(responder.poll() is not None for responder in responders):
                raise load.LoadError(f"{contender.name} has ended under load")
            if beside is not None and beside.refreshed() != len(beside.warehouses):
                raise load.LoadError(f"only {beside.refreshed()} Warehouses were refreshed in the cluster")
        finally:
            for responder in responders:
                processes.stop(responder)


def write(results, parameters, is_complete):
    names = []
    for kind, (title, chart) in draw(results).items():
        path = workspace.result(f"-{kind}.svg")
        path.write_text(chart)
        names.append((title, path.name))
    path = workspace.result(".md")
    described = machine.describe(workspace.ROOT, workspace.RUN, parameters["load"])
    path.write_text(report.markdown(results, described, names, parameters))
    link = path.relative_to(workspace.ROOT)
    if is_complete:
        report.refresh_readme(workspace.ROOT / "README.md", "bench", report.readme_tables(results, link))
    print(link)
    for goal, asked, measured, spread, reached in report.goals(results):
        print(f"  {goal:64} {asked:>10} {measured:>10} {spread:>16}  {reached.strip('*')}")


def draw(results):
    """Title and chart by the name of the file."""
    taking_part = [each for each in results.contenders if results.rounds[each.key]]
    names = [f"{cell.connections} connections" for cell in load.LEVELS]
    everywhere = [each for each in taking_part if set(load.LEVELS) <= set(each.cells)]
    rates = [(each.name, [results.median(each.key, cell, report.rate) for cell in load.LEVELS]) for each in everywhere]
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


if __name__ == "__main__":
    workspace.time_and_report(main)
