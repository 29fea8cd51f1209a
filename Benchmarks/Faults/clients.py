# SPDX-License-Identifier: Apache-2.0
"""Clients that are slow, stop half-way or leave, and an nginx that comes and goes."""

import random
import signal
import socket
import struct
import time

import fastcgi
import fleet
from crowd import Crowd


class _BadClients(Crowd):
    """So many threads that do the same again and again, for as long as the context lasts."""

    def __init__(self, count, once):
        self.once, self.done = once, 0
        super().__init__([()] * count)

    def _run(self):
        while not self.over.is_set():
            try:
                self.once(self.over)
            except OSError:
                pass  # To be cut off is what such a client must expect.
            self.done += 1


def bad_clients(scene, seconds=30):
    """Beside good deliveries, of which none may suffer."""
    path, repository = random.choice(list(scene.paths.values()))
    body = fleet.push(repository, 1)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {fleet.SECRET}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()

    def to_nginx(over):
        with socket.create_connection(("127.0.0.1", scene.nginx.kept), timeout=10) as connection:
            _badly(connection, head + body, over)

    def to_socket(over):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(str(scene.folder / "ours.sock"))
            _badly(connection, fastcgi.request(path, fleet.SECRET, body), over)

    counts = scene.ledger.counts
    refused = sum(counts.refused.values()) + counts.unanswered
    with _BadClients(20, to_nginx) as web, _BadClients(40, to_socket) as raw:
        time.sleep(seconds)
    if sum(counts.refused.values()) + counts.unanswered != refused:
        scene.ledger.problems.append("good deliveries were not answered beside bad clients")
    return f"{web.done:,} bad connections to nginx, {raw.done:,} to the FastCGI socket"


def _badly(connection, data, over):
    """Sends some of it, slowly or at once, and then waits, leaves, half closes or resets."""
    end = random.randrange(len(data))
    if random.random() < 0.3:
        for position in range(0, end, 16):
            connection.sendall(data[position:min(end, position + 16)])
            if over.wait(0.02):
                return
    else:
        connection.sendall(data[:end])
    manner = random.randrange(4)
    if manner == 0:
        over.wait(random.uniform(0, 3))
    elif manner == 1:
        connection.shutdown(socket.SHUT_WR)
        over.wait(0.1)
        connection.recv(4096)
    elif manner == 2:
        # Away without a farewell, which over TCP is a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        # All of it, and not a moment's patience for the reply.
        connection.sendall(data[end:])


def nginx(scene, times=30):
    """nginx is restarted and reloaded in turn; those who were connected get no reply."""
    for number in range(times):
        if number % 2:
            scene.nginx.__exit__()
            scene.nginx.__enter__()
        else:
            scene.nginx.process.send_signal(signal.SIGHUP)
        time.sleep(random.uniform(0.2, 0.8))
    return f"{times // 2} restarts, {times - times // 2} reloads"
