# SPDX-License-Identifier: Apache-2.0
"""The program ends while deliveries flow: by force, or as an operator ends it."""

import random
import struct
import time

import processes

# How a frame begins, by Sources/Outbox/Journal/Frame.swift: the mark, and the length of its entry.
_MARK = b"WFJ1"
_FRAME = struct.Struct("<4sI")


def kill_in_rush(scene, kills):
    """`kill -9` of the only process; some kills have to find a journal in use, or there was no rush."""
    in_use, known = 0, set()
    for _ in _kills(scene, kills):
        # What the killed one before has left may still be there, under the same names.
        left = _journals_in_use(scene.state) - known
        in_use += bool(left)
        known |= left
    if in_use == 0:
        scene.ledger.problems.append("no kill found a journal in use")
    return f"{_in_all(scene, kills)}, {in_use:,} of them with a journal in use"


def kill_one(scene, kills):
    """`kill -9` of one of several processes."""
    for _ in _kills(scene, kills):
        pass
    return _in_all(scene, kills)


def _kills(scene, kills):
    """Kills at random moments: mostly while it answers, each fifth time from its start on. Yields while it is down."""
    for number in range(kills):
        if number % 5:
            accepted = scene.ledger.counts.accepted
            processes.wait_for(lambda: scene.ledger.counts.accepted > accepted, "a delivery is accepted", 30)
        time.sleep(random.uniform(0, 0.2))
        responder = random.choice(scene.responders)
        responder.kill()
        yield
        responder.start()
        if number % 100 == 99:
            print(f"  {number + 1} kills", flush=True)


def _in_all(scene, kills):
    return f"{kills:,} kills in {time.monotonic() - scene.began:.0f} s"


def _journals_in_use(folder):
    """Names of the journals that have entries: one without begins with a frame without an entry, or is empty."""
    names = set()
    for path in folder.glob("journal-*"):
        with open(path, "rb") as file:
            head = file.read(_FRAME.size)
        if len(head) == _FRAME.size:
            mark, length = _FRAME.unpack(head)
            if mark == _MARK and length > 0:
                names.add(path.name)
    return names


def terminate(scene, times):
    """SIGTERM, and a new start at once; the program has to end with 0 and in time."""
    longest = 0
    for _ in range(times):
        # Not before it has taken over SIGTERM, or that ends it as it ends anybody.
        time.sleep(random.uniform(0.3, 0.8))
        for responder in scene.responders:
            longest = max(longest, responder.terminate())
            responder.start()
    return f"{times} times; ended after {longest * 1000:.0f} ms at most"
