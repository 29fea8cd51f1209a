# SPDX-License-Identifier: Apache-2.0
"""The results as Markdown: tables, the goals, and the short table of the README."""

import re
from itertools import zip_longest
from operator import attrgetter
from statistics import median

import startup
from load import BUSY, CELLS, LARGE, LEVELS, OTHERS, SMALL, Cell


class Results:
    """Every measurement by contender, cell and round."""

    def __init__(self, contenders):
        self.contenders = contenders
        self.rounds = {each.key: {} for each in contenders}
        self.idle = {each.key: [] for each in contenders}
        self.after = {each.key: [] for each in contenders}
        self.startup, self.sizes, self.parts, self.instructions, self.notes = {}, {}, {}, {}, []

    def add(self, contender, cell, measurement):
        self.rounds[contender.key].setdefault(cell, []).append(measurement)

    def present(self, cell):
        """Who was measured under that load."""
        return {key for key, cells in self.rounds.items() if cell in cells}

    def median(self, key, cell, value):
        return median(value(each) for each in self.rounds[key][cell])

    def most(self, key, value, cells):
        """The worst over cells and rounds."""
        return max(self.worst(key, value, cells))

    def worst(self, key, value, cells):
        """The worst over cells in each round."""
        rounds = zip_longest(*(self.rounds[key].get(cell, []) for cell in cells))
        return [max(value(each) for each in one if each) for one in rounds]

    def ratios(self, key, other, cell, value):
        """How the two compare within each round."""
        pairs = zip(self.rounds[key][cell], self.rounds[other][cell])
        return [value(ours) / value(theirs) for ours, theirs in pairs]


rate = attrgetter("rate")
p50 = attrgetter("p50")
p99 = attrgetter("p99")
cpu = attrgetter("cpu")
nginx = attrgetter("nginx")
wrk = attrgetter("wrk")
resident = attrgetter("resident")
anonymous = attrgetter("anonymous")


def table(head, rows):
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)] + rows
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def number(value):
    """With as many digits as the noise is worth."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def goals(results):
    """Goal, what was asked and measured, and whether it is reached, of everything whose contenders have run."""
    rows = []

    def add(what, asked, values, is_reached, unit="", pick=median):
        value = pick(values)
        spread = "–".join(number(each) for each in (min(values), max(values)))
        rows.append([what, asked, number(value) + unit, spread + unit, is_reached(value)])

    def at_least(what, other, cell, least):
        if {"ours", other} <= results.present(cell):
            values = results.ratios("ours", other, cell, rate)
            add(what, f"≥ {least:g}", values, lambda value: verdict(value >= least))

    def at_most(what, values, most, unit="", pick=median):
        add(what, f"≤ {most:g}{unit}", values, lambda value: verdict(value <= most), unit, pick)

    for cell in LEVELS:
        at_least(f"throughput at {cell.connections} connections ÷ durable limit", "durable", cell, 0.85)
    at_least("throughput at 64 connections ÷ limit", "limit", BUSY, 0.85)
    for cell in LEVELS:
        if {"ours", "durable"} <= results.present(cell):
            values = results.ratios("ours", "durable", cell, p99)
            at_most(f"p99 at {cell.connections} connections ÷ durable limit's", values, 2)
    for other, name in (("php", "php-fpm"), ("webhook", "webhook")):
        for cell in LEVELS:
            at_least(f"throughput at {cell.connections} connections ÷ {name}", other, cell, 5)
    for other, name in (("limit", "limit's"), ("durable", "durable limit's")):
        if {"ours", other} <= results.present(BUSY):
            at_most(f"CPU of a request at 64 connections ÷ {name}", results.ratios("ours", other, BUSY, cpu), 2)
    if "ours" in results.present(BUSY):
        at_most("resident under load, bodies of 0.4 KiB", results.worst("ours", resident, SMALL), 45, " MiB", max)
        at_most("of that anonymous", results.worst("ours", anonymous, SMALL), 16, " MiB", max)
    # Beside the two, so that nobody takes them for a bound whatever the bodies are.
    for cell in LARGE:
        if "ours" in results.present(cell):
            what = f"resident, bodies of {cell.kibibytes:,} KiB, {cell.connections} connections"
            for name, value in ((what, resident), ("of that anonymous", anonymous)):
                add(name, "not asked", results.worst("ours", value, [cell]), lambda value: "", " MiB", max)
    for title, values in results.startup.items():
        if title == startup.GOAL:
            at_most("start to first reply with 100 receivers", values, 100, " ms")
    return rows


def _goals_table(results):
    return table(["goal", "asked", "measured", "lowest–highest", "reached"], goals(results))


def verdict(reached):
    return "yes" if reached else "**no**"


def _by_cell(results, cells, value):
    rows = []
    for each in results.contenders:
        measured = results.rounds[each.key]
        if any(cell in measured for cell in cells):
            rows.append(
                [each.name]
                + [number(results.median(each.key, cell, value)) if cell in measured else "" for cell in cells]
            )
    return table(["contender"] + [cell.title for cell in cells], rows)


def markdown(results, machine, charts, parameters):
    parts = [
        "<!-- SPDX-License-Identifier: Apache-2.0 -->\n",
        "# What it can take\n",
        f"Written by `{parameters['command']}`. All contenders ran in one run behind the same nginx, one after the "
        f"other; rounds: {parameters['rounds']}, seconds a measurement: {parameters['duration']}. "
        "A cell is the median over rounds. Bodies of 20 KiB and of 1,000 KiB, and connections that are not kept, are "
        "measured in the first round only: those cells are of one round. Everything shares the machine, load generator "
        "included, so only ratios within this run mean something.\n",
        table(["machine", ""], [[name, value] for name, value in machine]),
        "## Goals\n",
        "Each is the ratio within a round, the median over rounds; the worst for memory. Beside it the lowest and the "
        "highest round; of the start, the lowest and the highest of five. For memory with larger bodies there is no "
        "goal.\n",
        _goals_table(results),
        "".join(f"![{title}]({name})\n" for title, name in charts),
        "## Requests a second\n", _by_cell(results, SMALL, rate), _by_cell(results, OTHERS, rate),
        "## Latency, p50 in milliseconds\n", _by_cell(results, SMALL, p50), _by_cell(results, OTHERS, p50),
        "## Latency, p99 in milliseconds\n", _by_cell(results, SMALL, p99), _by_cell(results, OTHERS, p99),
        "## CPU of a request, in microseconds\n",
        "User and system time of the contender's processes, with what they do in the seconds after the last reply.\n",
        _by_cell(results, SMALL, cpu), _by_cell(results, OTHERS, cpu),
        "What nginx and the load generator take of the same cores meanwhile, until the last reply:\n",
        _beside(results),
        "## Memory, in MiB\n",
        "The sum over a contender's processes, in which pages that they share count for each. "
        "Peaks are since the start: the load comes in the order of the tables above. After: after all of 0.4 KiB.\n",
        _memory(results),
    ]
    if behind := _behind(results):
        parts += [
            "## How far behind the sink is\n",
            "At the end of the load at 64 connections: refreshes that are pending, those of them whose time has come "
            "(the others wait for `refresh.minInterval` of 1 s), and how long it takes until none is pending. The "
            "worst of the rounds.\n",
            behind,
        ]
    if results.startup:
        rows = [[title, number(median(values))] for title, values in results.startup.items()]
        parts += [
            "## Start to first reply, in milliseconds\n",
            "From the start of the process to the first 2xx through the socket, the median of five; the outbox is "
            "made anew each time.\n",
            table(["what", "ms"], rows),
        ]
    if results.instructions:
        rows = [
            [name, f"{counts.instructions:,.0f}", number(counts.allocations)]
            for name, counts in results.instructions.items()
        ]
        parts += [
            "## Instructions and allocations of a request\n",
            "In user space, counted by callgrind, sixteen requests at once; what 2,000 more requests cost. An "
            "allocation is a call of `malloc` or another function of its kind.\n",
            table(["contender", "instructions", "allocations"], rows),
        ]
    if results.sizes:
        rows = [[name, number(value)] for name, value in results.sizes.items()]
        parts += ["## Size of the stripped program, in MiB\n", table(["how it is linked", "MiB"], rows)]
    if results.parts:
        parts += [
            "## What the statically linked program consists of, in MiB\n",
            "By the linker's map, stripped: code, data, and what Swift keeps of types. What the optimiser makes of a "
            "dependency's generic code for a module counts with that module.\n",
            _parts(results.parts),
        ]
    parts += ["## How it was measured\n", METHOD, "".join(f"- {note}" for note in results.notes)]
    return "\n".join(parts)


METHOD = """\
- wrk keeps its connections to nginx open; nginx keeps as many to the contender as there are clients, or none.
- There are 10,000 Warehouses in 100 projects, each with an image of its own. Every push is a valid one of Harbor's
  of a new tag that the Warehouse accepts, to one of 100 repositories by chance, one in each project: what is measured
  is to receive, to decide and to keep. Larger bodies are padded with many small values.
- "10,000 targets" is the same with pushes to all 10,000 repositories, so that the sink writes as fast as it can.
- webhook-fcgi runs with its default settings, log file and delivery log included; `refresh.minInterval` is 1 s, so
  under load each Warehouse that is pushed to is refreshed once a second.
- Kubernetes sink: a kube-apiserver with an etcd of its own, which runs in this turn only, on the same cores; its CPU
  is not counted with the contender's. At the end every one of its Warehouses has to be refreshed.
- After each load every refresh that was promised has to happen, within a minute.
- limit: a thread for each connection, 272 of them. With fewer threads than connections whoever comes last gets
  nothing. durable limit: an event loop, one write and one fdatasync for all bodies of a turn;
  in SQLite: a row for each, as large as a delivery's in the outbox, and one transaction, with nothing decided or removed.
- php-fpm: 16 children; nginx never keeps connections to it, for one that is kept occupies a child. It syncs nothing.
- webhook answers before the command has run, and keeps nothing.
- A single failed, refused, redirected or timed-out request stops the run.
"""


def _parts(sizes):
    rows = [[name, number(value)] for name, value in sizes.items() if value >= 0.1]
    rest = sum(value for value in sizes.values() if value < 0.1)
    return table(["dependency", "MiB"], [*rows, ["all others", number(rest)], ["all", number(sum(sizes.values()))]])


def _behind(results):
    rows = []
    for each in results.contenders:
        last = [measured.behind for measured in results.rounds[each.key].get(BUSY, []) if measured.behind]
        if last:
            rows.append([
                each.name, f"{each.targets:,}", f"{max(one.pending for one in last):,}",
                f"{max(one.overdue for one in last):,}", number(max(one.seconds for one in last)),
            ])
    return rows and table(["contender", "targets", "pending", "overdue", "seconds until none is pending"], rows)


def _beside(results):
    names = {each.key: each.name for each in results.contenders}
    rows = [
        [f"{names[key]}, {cell.connections} connections"]
        + [number(results.median(key, cell, value)) for value in (cpu, nginx, wrk)]
        for key in ("limit", "durable", "ours") for cell in LEVELS if key in results.present(cell)
    ]
    return table(["", "contender", "nginx", "wrk"], rows)


def _memory(results):
    rows = []
    for each in results.contenders:
        if not results.rounds[each.key]:
            continue
        key = each.key
        idle, after = results.idle[key], results.after[key]
        rows.append([
            each.name,
            number(median(value["VmRSS"] for value in idle)), number(median(value["RssAnon"] for value in idle)),
            number(results.most(key, resident, SMALL)), number(results.most(key, anonymous, SMALL)),
            number(results.most(key, resident, CELLS)), number(results.most(key, anonymous, CELLS)),
            number(median(value["VmRSS"] for value in after)), number(median(value["RssAnon"] for value in after)),
        ])
    head = [
        "contender", "idle", "anonymous", "peak, 0.4 KiB", "anonymous", "peak, all", "anonymous", "after", "anonymous",
    ]
    return table(head, rows)


GOALS_OF_README = """\
The goals: the median over rounds of the ratio within a round, the worst for memory, and the lowest and the highest
round.
"""


def readme_tables(results, link):
    rows = []
    for each in results.contenders:
        if each.key not in results.present(BUSY):
            continue
        measured = results.rounds[each.key]
        rates = [
            number(results.median(each.key, cell, rate)) if cell in measured else ""
            for cell in map(Cell, (1, 16, 64, 256))
        ]
        rows.append(
            [each.name] + rates
            + [number(results.median(each.key, BUSY, value)) for value in (p99, cpu)]
            + [number(results.most(each.key, resident, SMALL))]
        )
    head = [
        "contender", "requests/s at 1 connection", "16", "64", "256",
        "p99 at 64, ms", "CPU a request, µs", "peak, MiB",
    ]
    link = f"[All of it]({link}), with the machine and how it was measured.\n"
    return "\n".join([table(head, rows), GOALS_OF_README, _goals_table(results), link])


def refresh_readme(path, name, text):
    """Replaces what is between the marks of that name."""
    old = path.read_text()
    new, count = re.subn(
        rf"(<!-- {name}:[^>]*-->\n).*?(<!-- end of {name} -->)", lambda match: match[1] + text + match[2], old,
        flags=re.S,
    )
    if count != 1:
        raise RuntimeError(f"{path} has no marks for the table of {name}")
    path.write_text(new)
