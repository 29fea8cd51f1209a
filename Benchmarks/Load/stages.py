# SPDX-License-Identifier: Apache-2.0
"""The stages of a delivery, by the functions of the program, and what time is spent on in any of them.

Names are those that the optimiser leaves: a function that is inlined counts as its caller.
"""

import re

# The responder's loop runs in threads that have the program's name.
_RESPONDER = "webhook-fcgi"

OTHER_THREADS = "other threads: sink, journal into the log, maintenance"
REST_OF_TURN = "the rest of a turn: lists, decisions and records made and destroyed"
# Libraries that keep no frame pointer hide who has called them.
MEMORY = "malloc and free, of which the stage is not known"
UNKNOWN = "not known"

# Of a stack the innermost function that is named here has the sample; of a function the first line that names it.
_STAGES = [
    ("waiting for requests", r"Epoll\.|epoll_wait$"),
    ("reading FastCGI", r"RequestReader\.|RecordReader\.|Connection\.read\(|EventLoop\.readRequest|EventLoop\.attend"
     r"|recv$"),
    ("receiver and authentication", r"Arrival\.init|Snapshot\.endpoint|Handler\.authenticate|RateLimiter"),
    ("JSON, read by the handler", r"Handler\.interpret|HarborHandler\.|simdjson::"),
    ("matching subscriptions", r"SubscriptionIndex\.|\bMatch\.|Decision\.init"),
    ("explanation as JSON", r"Decision\.json\("),
    ("repetition key (SHA-256)", r"Decision\.repetitionKey"),
    ("the rest of the record: headers", r"Parameters\.headers|Request\.record|Decision\.record"),
    ("line in the log", r"Decision\.describe|LogLine\.|\bLog\.write|^write$|libc_write$"),
    ("metrics", r"Metrics\.|ReceiverCounters\."),
    ("fdatasync", r"^fdatasync$"),
    ("journal: entries and write", r"Journal\.|JournalFile\.|\bLogEntry\.|\bFrame\."),
    ("commit: repetitions, refreshes that wait, SQLite", r"\bOutbox\.|TurnPlan|TurnTransaction|WaitingRefreshes"
     r"|RepetitionFilter|SerializedDatabase|DispatchQueue\.|sqlite3|fcntl64"),
    ("reply, made and sent", r"Decision\.reply|Turn\.finish|Connection\.send|Reply\.|EventLoop\.finish|send$"),
    (REST_OF_TURN, r"DeliveryResponder\.|\bTurn\.|\bEventLoop\."),
]
_STAGES = [(title, re.compile(pattern)) for title, pattern in _STAGES]
STAGES = [*(title for title, _ in _STAGES), OTHER_THREADS, MEMORY, UNKNOWN]


def stage(sample):
    if sample.thread != _RESPONDER:
        return OTHER_THREADS
    for function in sample.functions:
        for title, pattern in _STAGES:
            if pattern.search(function):
                return title
    return MEMORY if kind(sample) == _ALLOCATION else UNKNOWN


KERNEL, REST = "the kernel", "everything else"
_ALLOCATION = "malloc, free and their kind"

_KINDS = [
    (_ALLOCATION, r"^(__libc_|_int_|_mid_)?(malloc|c?free|calloc|realloc|memalign)(@|$|_)|memalign"
     r"|aligned_alloc|^unlink_chunk|^tcache_|^sysmalloc|^systrim|malloc_usable_size|^swift_slow(Alloc|Dealloc)"),
    ("retain and release", r"^_?swift_\w*([rR]etain|[rR]elease)|^swift::RefCounts|IsUniquelyReferenced"),
    ("other functions of Swift's runtime", r"^_?_?swift_|^swift::"),
    ("copies and comparisons of memory", r"^__(mem(move|cpy|set|cmp)|str)\w*_"),
]
_KINDS = [(title, re.compile(pattern)) for title, pattern in _KINDS]
KINDS = [KERNEL, *(title for title, _ in _KINDS), REST]


def kind(sample):
    """What the function that runs is about, whoever called it."""
    if sample.is_kernel:
        return KERNEL
    return next((title for title, pattern in _KINDS if pattern.search(sample.functions[0])), REST)


def is_responder(thread):
    return thread == _RESPONDER
