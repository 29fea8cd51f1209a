# SPDX-License-Identifier: Apache-2.0
"""The program ends while deliveries flow: by force, or as an operator ends it."""

import random
import time

import processes


def kill(scene, kills):
    """`kill -9` at random moments: mostly while it answers, and each fifth time from its start on."""
    for number in range(kills):
        if number % 5:
            accepted = scene.ledger.counts.accepted
            processes.wait_for(lambda: scene.ledger.counts.accepted > accepted, "a delivery is accepted", 30)
        time.sleep(random.uniform(0, 0.2))
        responder = random.choice(scene.responders)
        responder.kill()
        responder.start()
        if number % 100 == 99:
            print(f"  {number + 1} kills", flush=True)
    return f"{kills:,} kills in {time.monotonic() - scene.began:.0f} s"


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
