# SPDX-License-Identifier: Apache-2.0
"""Threads that do the same for as long as a context lasts."""

import threading


class Crowd:
    """One thread for each of `arguments`, which runs `_run` with it until `over` is set."""

    def __init__(self, arguments):
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._run, args=each, daemon=True) for each in arguments]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()
