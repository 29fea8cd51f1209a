# SPDX-License-Identifier: Apache-2.0
"""Too few descriptors, and a clock that steps."""

import contextlib
import os
import random
import resource
import socket
import struct
import time
from pathlib import Path

import processes


def descriptors(scene, times=5):
    """No further descriptor, at starts with few and while it runs: for connections, the sink's files, SQLite.

    With none left the runtime under the program may end it, for it cannot look at its own threads: then it is started
    again. A low limit alone must not bring it there.
    """
    [responder] = scene.responders
    hard = resource.prlimit(responder.process.pid, resource.RLIMIT_NOFILE)[1]
    for _ in range(times):
        responder.terminate()
        limit = random.randint(40, 80)
        responder.start(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
        # More clients than it may have connections; they wait for each other.
        with contextlib.ExitStack() as stack:
            for _ in range(100):
                client = stack.enter_context(socket.socket(socket.AF_UNIX))
                client.connect(str(scene.folder / "ours.sock"))
            time.sleep(2)
        time.sleep(1)
    responder.terminate()
    responder.start()
    ended = 0
    for _ in range(times):
        accepted = scene.ledger.counts.accepted
        processes.wait_for(lambda: scene.ledger.counts.accepted > accepted, "a delivery is accepted", 30)
        # Fewer than are open already; the kernel minds only new ones.
        _limit(responder, (8, hard))
        time.sleep(2)
        if responder.process.poll() is not None:
            ended += 1
            responder.start()
        _limit(responder, (hard, hard))
        time.sleep(2)
    return f"{times} starts with 40 to 80 and 100 idle connections; none left {times} times, the runtime ended {ended}"


def _limit(responder, limits):
    with contextlib.suppress(ProcessLookupError):
        resource.prlimit(responder.process.pid, resource.RLIMIT_NOFILE, limits)


def prepare_clock(scene):
    """The program's wall clock is ours plus what a file says; nobody else's is touched."""
    library = scene.folder / "clock.so"
    source = Path(__file__).parent / "clock.c"
    processes.run(["cc", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", library, source, "-ldl"], 60)
    offset = scene.folder / "offset"
    _set(offset, 0)
    scene.offset = offset
    scene.environment = {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(offset)}


def _set(offset, seconds):
    # In one write and in place: it is mapped.
    with open(os.open(offset, os.O_WRONLY | os.O_CREAT, 0o600), "wb", buffering=0) as file:
        file.write(struct.pack("q", seconds))


# The last one leaves all that is pending an hour ahead of the clock.
STEPS = [1, -1, 5, 0, -30, 60, -300, 3600, 0, -3600, 86400, -86400, 0, 4_000_000, 0, 3600, 0]


def clock(scene):
    """Steps of a second to a month and a half, there and back."""
    for seconds in STEPS:
        _set(scene.offset, seconds)
        time.sleep(2)
    return f"{len(STEPS)} steps of up to 46 days, there and back"
