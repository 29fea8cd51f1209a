# SPDX-License-Identifier: Apache-2.0
"""Clients that send pushes through nginx for as long as they are told to."""

import http.client
import time

import fleet
from crowd import Crowd


class Senders(Crowd):
    """So many threads, each with a connection of its own; a context in which deliveries flow."""

    def __init__(self, ledger, paths, ports, rate, count=12, timeout=15):
        # `paths` has path and repository of a push by target.
        self.ledger, self.paths, self.timeout = ledger, paths, timeout
        # So many a second in all, or there is nothing left of the machine for the program.
        self.pause = count / rate
        super().__init__([(ports[number % len(ports)],) for number in range(count)])

    def _run(self, port):
        connection = None
        due = time.monotonic()
        while not self.over.is_set():
            due = max(due + self.pause, time.monotonic() - 1)
            if self.over.wait(max(0, due - time.monotonic())):
                break
            delivery = self.ledger.begin()
            if delivery is None:
                continue
            status = None
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=self.timeout)
                status = self._send(connection, delivery)
            except (OSError, http.client.HTTPException):
                # A connection that failed is not used again; the delivery counts as not acknowledged.
                if connection:
                    connection.close()
                connection = None
            self.ledger.end(delivery, status)
        if connection:
            connection.close()

    def _send(self, connection, delivery):
        path, repository = self.paths[delivery.target]
        # Unique to this delivery, and later than the tags of any run before.
        body = fleet.push(repository, delivery.began * 100 + delivery.tag % 100)
        connection.request(
            "POST", path, body, {"Authorization": fleet.SECRET, "Content-Type": "application/json"}
        )
        response = connection.getresponse()
        response.read()
        return response.status
