# SPDX-License-Identifier: Apache-2.0
"""An API server that is dead, slow, or answers now so and now so."""

import random
import subprocess
import sys
import time
from pathlib import Path

import apiserver
import processes
import web
from ledger import Refresh
from sinks import microseconds


class Cluster:
    """The sink of a Scene: what patches have arrived at an API server that can be told how to behave."""

    def __init__(self, folder):
        self.folder, self.port = folder, web.free_port()
        self.setting = apiserver.kubeconfig(folder, self.port).replace(" }", ", timeout: 2s }")
        self.patches = folder / "patches"
        self.patches.touch()
        self.file = open(self.patches)
        self.known, self.process, self.count = {}, None, 0

    def start(self):
        keys = apiserver.certificates(self.folder)
        command = [
            sys.executable, "-B", Path(__file__).parent / "faulty_apiserver.py", self.port,
            keys / "server.crt", keys / "server.key", self.patches,
        ]
        self.process = processes.start(command, self.folder / "faulty-apiserver.log", stdin=subprocess.PIPE)

    def tell(self, manner):
        self.process.stdin.write(f"{manner}\n".encode())
        self.process.stdin.flush()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()

    def refreshes(self, targets):
        while line := self.file.readline():
            target, token, arrived = line.split()
            refresh = Refresh(microseconds(token), int(arrived))
            # One that the client had given up may arrive after a newer one.
            if target not in self.known or self.known[target].token <= refresh.token:
                self.known[target] = refresh
            self.count += 1
        return {target: self.known[target] for target in targets if target in self.known}


def prepare(scene):
    scene.sink.start()
    # Ended after the program, or that has nobody to end with.
    scene.stack.callback(scene.sink.kill)


def dead(scene, times=5):
    for _ in range(times):
        scene.sink.kill()
        time.sleep(4)
        scene.sink.start()
        time.sleep(3)
    return f"{times} times for 4 s"


def slow(scene):
    scene.sink.tell("slow")
    time.sleep(30)
    scene.sink.tell("good")
    return "30 s of 0.5 to 3 s for a patch, of which 2 s are waited for"


def flapping(scene, times=10):
    scene.sink.tell("flapping")
    for _ in range(times):
        time.sleep(random.uniform(1, 3))
        if random.random() < 0.3:
            scene.sink.kill()
            scene.sink.start()
            scene.sink.tell("flapping")
    # The program, too.
    for responder in scene.responders:
        responder.kill()
        responder.start()
    time.sleep(2)
    scene.sink.tell("good")
    return "429, 500, 503, resets before and after a patch, half a reply, restarts"
