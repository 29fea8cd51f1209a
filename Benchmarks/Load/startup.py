# SPDX-License-Identifier: Apache-2.0
"""How long a responder takes from its start to its first reply with success."""

import time

import contenders
import fastcgi
import fleet
import processes


GOAL = "webhook-fcgi, 100 receivers, 100 Warehouses"


def _once(start, socket_path, path, repository, number):
    began = time.perf_counter()
    responders = start()
    try:
        # The socket listens already, as with spawn-fcgi and systemd: the request waits in its queue.
        connection = fastcgi.Connection(socket_path, timeout=10)
        connection.send(fastcgi.request(path, fleet.SECRET, fleet.push(repository, number)))
        status, _ = connection.receive()
        elapsed = time.perf_counter() - began
        connection.close()
    finally:
        for responder in responders:
            processes.stop(responder)
    if not 200 <= status < 300:
        raise RuntimeError(f"the first reply has the status {status}")
    return elapsed * 1000


def measure(place, starts=5):
    """Milliseconds of each of several starts, by what was started."""
    results = {}
    limit = next(each for each in contenders.CONTENDERS if each.key == "limit")
    runs = [("limit", None, lambda: limit.start(place), "limit.sock")]
    for warehouses in (1, 100):
        config = place.config
        if warehouses != 100:
            config = fleet.write(place.folder / f"fleet-{warehouses}", 100, warehouses)
        title = f"webhook-fcgi, 100 receivers, {100 * warehouses} Warehouses"
        # The outbox is a new one each time, which is more to do than to open one.
        runs.append((title, config, lambda config=config: contenders.serve(place, config), "ours.sock"))
    for title, config, start, name in runs:
        path, repository = "/", "registry.example.com/team-1000/app-1000"
        if config:
            path, repository = next(fleet.targets(contenders.PROGRAM, config, 1))
        results[title] = [_once(start, place.folder / name, path, repository, number) for number in range(starts)]
    return results
