# SPDX-License-Identifier: Apache-2.0
"""Instructions that a request costs, as valgrind's callgrind counts them: no noise, and no kernel."""

import contenders
import fastcgi
import fleet
import processes

# Requests that are under way at once: so many does a turn of an event loop find ready.
_CONNECTIONS = 16

_SOCKETS = {"limit": "limit.sock", "durable": "durable-limit.sock", "ours": "ours.sock"}


def measure(place):
    """Instructions of one request by contender: what 2,000 more of them cost, so that no start counts."""
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
                results[contender.name] = (more - less) / 2000
        return results
    finally:
        contenders.PROGRAM, contenders.under = original, []


def _total(contender, place, socket, output, targets, requests):
    """Instructions of a whole life with so many requests."""
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
    return int(next(line for line in lines if line.startswith("totals:")).split()[1])


def _turn(connections, targets, first):
    """A request on each connection, all before the first reply."""
    for number, connection in enumerate(connections, first):
        path, repository = targets[number % len(targets)]
        connection.send(fastcgi.request(path, fleet.SECRET, fleet.push(repository, number)))
    for connection in connections:
        status, _ = connection.receive()
        if not 200 <= status < 300:
            raise RuntimeError(f"status {status} under valgrind")
