# SPDX-License-Identifier: Apache-2.0
"""Instructions and allocations that a request costs, as valgrind's callgrind counts them: no noise, and no kernel."""

import re
from dataclasses import dataclass

import contenders
import fastcgi
import fleet
import processes

# Requests that are under way at once: so many does a turn of an event loop find ready.
_CONNECTIONS = 16

# What counts as an allocation, also where it makes one larger.
_ALLOCATORS = {"malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign", "memalign"}

_SOCKETS = {"limit": "limit.sock", "durable": "durable-limit.sock", "ours": "ours.sock"}


@dataclass
class Counts:
    instructions: float
    allocations: float


def measure(place):
    """Counts of one request by contender: what 2,000 more of them cost, so that no start counts."""
    targets = list(fleet.targets(contenders.PROGRAM, place.config, 1))
    original = contenders.PROGRAM
    # valgrind cannot read the debugging information of Swift.
    contenders.PROGRAM = place.folder / "webhook-fcgi"
    processes.run(["strip", "--strip-debug", "-o", contenders.PROGRAM, original], 60)
    output = place.folder / "callgrind.out"
    contenders.under = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}"]
    try:
        results = {}
        for contender in contenders.CONTENDERS:
            if contender.key in _SOCKETS:
                print(f"counting instructions: {contender.name}", flush=True)
                socket = place.folder / _SOCKETS[contender.key]
                less, more = (_total(contender, place, socket, output, targets, count) for count in (2000, 4000))
                results[contender.name] = Counts(
                    (more.instructions - less.instructions) / 2000, (more.allocations - less.allocations) / 2000
                )
        return results
    finally:
        contenders.PROGRAM, contenders.under = original, []


def _total(contender, place, socket, output, targets, requests):
    """Counts of a whole life with so many requests."""
    output.unlink(missing_ok=True)
    responders = contender.start(place)
    try:
        connections = [fastcgi.Connection(socket, timeout=120) for _ in range(_CONNECTIONS)]
        for first in range(0, requests, _CONNECTIONS):
            _turn(connections, targets, first)
        for connection in connections:
            connection.close()
        # What is done after the replies counts too.
        processes.settle(responders, at_least=1.5, at_most=20)
    finally:
        for responder in responders:
            processes.stop(responder)
    # It is there and empty from the beginning.
    if not output.exists() or output.stat().st_size == 0:
        raise RuntimeError(f"{contender.name} left no counts: it did not end in order")
    lines = output.read_text().splitlines()
    instructions = int(next(line for line in lines if line.startswith("totals:")).split()[1])
    return Counts(instructions, _allocations(lines))


_FUNCTION = re.compile(r"(c?fn)=\((\d+)\)(?: (.*))?")


def _allocations(lines):
    """Calls of an allocator by anybody but another, for realloc may call malloc."""
    # A function has its name where it comes first, and its number from there on.
    names, current, count = {}, {}, 0
    for line in lines:
        if function := _FUNCTION.match(line):
            kind, identifier, name = function.groups()
            if name:
                # A recursive call has a mark behind the name.
                names[identifier] = name.partition("'")[0]
            current[kind] = names[identifier]
        elif line.startswith("calls="):
            if current["cfn"] in _ALLOCATORS and current["fn"] not in _ALLOCATORS:
                count += int(line.removeprefix("calls=").split()[0])
    return count


def _turn(connections, targets, first):
    """A request on each connection, all before the first reply."""
    for number, connection in enumerate(connections, first):
        path, repository = targets[number % len(targets)]
        connection.send(fastcgi.request(path, fleet.SECRET, fleet.push(repository, number)))
    for connection in connections:
        status, _ = connection.receive()
        if not 200 <= status < 300:
            raise RuntimeError(f"status {status} under valgrind")
