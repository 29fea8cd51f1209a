# SPDX-License-Identifier: Apache-2.0
"""Which deliveries were acknowledged, and which of them still wait for a refresh of their target."""

import collections
import itertools
import threading
import time
from dataclasses import dataclass, field

# Every so many deliveries one goes to a target that is in use all the time, so that refreshes coalesce.
_HOT_EVERY = 8
_HOT = 8


def now():
    """The time in microseconds, as in a token."""
    return time.time_ns() // 1000


@dataclass(frozen=True)
class Refresh:
    """What a sink has of a target: the token, and when it came there; both in microseconds."""

    token: int
    arrived: int


@dataclass
class Delivery:
    target: object
    tag: int
    began: int
    # Of the target's last refresh before it began; 0 where there was none.
    before: int


@dataclass
class Counts:
    sent: int = 0
    accepted: int = 0
    refused: collections.Counter = field(default_factory=collections.Counter)
    unanswered: int = 0


class Ledger:
    """Hands out targets, and hears what became of the deliveries.

    A target that waits for a refresh is not handed out again: a later delivery would bring the refresh that an
    earlier one was promised, and nobody would see that the earlier one was lost. But for a few, which are in use
    all the time.
    """

    def __init__(self, targets, by_arrival=False):
        # Where the program's clock is not ours, its tokens say nothing: then the file's own time counts.
        self.by_arrival = by_arrival
        self.hot, self.free = targets[:_HOT], collections.deque(targets[_HOT:])
        self.awaited = collections.defaultdict(list)
        self.known = {}
        self.counts, self.problems, self.delays = Counts(), [], []
        self.tags = itertools.count(1)
        self.lock = threading.Lock()

    def begin(self):
        """The next delivery to send, None while all targets are awaited."""
        with self.lock:
            tag = next(self.tags)
            if tag % _HOT_EVERY == 0:
                target = self.hot[tag // _HOT_EVERY % len(self.hot)]
            elif self.free:
                target = self.free.popleft()
            else:
                return None
            self.counts.sent += 1
            before = self.known.get(target)
            return Delivery(target, tag, now(), before.token if before else 0)

    def end(self, delivery, status):
        """Takes a reply's status, None where none came."""
        with self.lock:
            is_accepted = status is not None and 200 <= status < 300
            if is_accepted:
                self.counts.accepted += 1
                self.awaited[delivery.target].append(delivery)
            elif status is None:
                self.counts.unanswered += 1
            else:
                self.counts.refused[status] += 1
            if not is_accepted and delivery.target not in self.hot:
                self.free.append(delivery.target)

    def waiting(self):
        """Targets that a refresh is awaited of."""
        with self.lock:
            return list(self.awaited)

    def take(self, refreshes):
        """Takes what a sink has now, by target."""
        at = now()
        with self.lock:
            for target, refresh in refreshes.items():
                before = self.known.get(target)
                if before and refresh.token < before.token:
                    self.problems.append(f"the token of {target} went back from {before.token} to {refresh.token}")
                self.known[target] = refresh
                if target in self.awaited:
                    self._settle(target, refresh, at)

    def _settle(self, target, refresh, at):
        left = []
        for delivery in self.awaited[target]:
            if self._answers(refresh, delivery):
                self.delays.append((at - delivery.began) / 1e6)
            else:
                left.append(delivery)
        if left:
            self.awaited[target] = left
            return
        del self.awaited[target]
        if target not in self.hot:
            self.free.append(target)

    def _answers(self, refresh, delivery):
        if self.by_arrival:
            # The kernel's time of a file is up to a tick behind.
            return refresh.token > delivery.before and refresh.arrived >= delivery.began - 10_000
        return refresh.token >= delivery.began

    def lost(self):
        with self.lock:
            return [delivery for deliveries in self.awaited.values() for delivery in deliveries]

    def slowest(self):
        """Seconds from a delivery to its refresh, at most."""
        return max(self.delays, default=0)
