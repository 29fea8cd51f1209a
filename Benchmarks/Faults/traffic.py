# SPDX-License-Identifier: Apache-2.0
"""What a receiver sees in a day: pushes of all providers, and what is none, is too large, comes twice or is refused."""

import itertools
import json
import random
from dataclasses import dataclass

import contenders
import fleet
import processes
import web

_EXAMPLES = web.HERE.parent.parent / "Examples/manifests"
_FIXTURES = web.HERE.parent.parent / "Tests/HandlersTests/Fixtures"
# The Secrets of the example's receivers that are not in the URL.
_DEMO = {"Authorization": "s3cr3t"}


@dataclass
class Request:
    path: str
    body: bytes
    headers: dict
    # Statuses that are right.
    expected: tuple
    method: str = "POST"


def add_examples(config):
    """The manifests of the example beside those of the fleet: they have receivers of all providers."""
    for path in _EXAMPLES.glob("*.yaml"):
        (config.parent / "manifests" / f"example-{path.name}").write_text(path.read_text())


class Traffic:
    """Makes requests by chance; any number of threads may ask for one."""

    def __init__(self, config, warehouses):
        receivers = json.loads(processes.run(
            [contenders.PROGRAM, "receivers", "--config", config, "--output", "json"], 60
        ))
        demo = {each["name"]: each["path"] for each in receivers if each["project"] == "kargo-demo"}
        self.pushes = [
            (each["path"], f"{fleet.REGISTRY}/{each['project']}/app-{1000 + number}")
            for each in receivers if each["project"] != "kargo-demo" for number in range(warehouses)
        ]
        self.fixtures = []
        for provider in ("harbor", "azure", "dockerhub"):
            for path in sorted((_FIXTURES / provider).glob("*.json")):
                self.fixtures.append((path, demo[f"{provider}-wh-receiver"], path.read_bytes()))
        self.numbers = itertools.count(10**14)
        self.before = None
        self.kinds = [
            (50, self._push), (20, self._fixture), (6, lambda: self._push(20)), (1, self.large),
            (6, self._again), (5, self._unauthorized), (4, self._unknown), (4, self._broken), (2, self._get),
            (2, self._too_large),
        ]

    def next(self):
        [(_, make)] = random.choices(self.kinds, [weight for weight, _ in self.kinds])
        return make()

    def large(self):
        return self._push(1000)

    def _push(self, kibibytes=0):
        path, repository = random.choice(self.pushes)
        body = fleet.push(repository, next(self.numbers))
        if kibibytes:
            values = ",".join('{"name":"org.example.annotation","value":"0123456789"}' for _ in range(kibibytes * 18))
            body = body[:-1] + f',"annotations":[{values}]}}'.encode()
        request = Request(path, body, {"Authorization": fleet.SECRET}, (200, 202))
        if not kibibytes:
            self.before = request
        return request

    def _fixture(self):
        """A real delivery, mostly one that is new by its bytes."""
        path, receiver, body = random.choice(self.fixtures)
        if body.rstrip().endswith(b"}") and random.random() < 0.8:
            body = body.rstrip()[:-1] + b',"soak":%d}' % next(self.numbers)
        headers = dict(_DEMO)
        headers["Content-Type"] = "application/json"
        if path.name.startswith("cloudevents"):
            headers["Content-Type"] = "application/cloudevents+json"
        return Request(receiver, body, headers, (200, 202))

    def _again(self):
        return self.before or self._push()

    def _unauthorized(self):
        request = self._push()
        return Request(request.path, request.body, {"Authorization": "Bearer of-nobody"}, (401,))

    def _unknown(self):
        return Request("/webhooks/harbor/unknown", b"{}", {"Authorization": fleet.SECRET}, (404,))

    def _broken(self):
        request = self._push()
        return Request(request.path, request.body[:-3], request.headers, (400,))

    def _get(self):
        request = self._push()
        return Request(request.path, b"", request.headers, (405,), "GET")

    def _too_large(self):
        """nginx refuses it, before or after it has come."""
        request = self._push()
        return Request(request.path, b" " * (2 * 1048576 + 1), request.headers, (413, None))
