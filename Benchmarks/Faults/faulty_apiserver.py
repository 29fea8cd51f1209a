# SPDX-License-Identifier: Apache-2.0
"""An API server that misbehaves as told: PORT CERTIFICATE KEY PATCHES, and how on standard input, a word a line.

What it takes it appends to the file PATCHES, `namespace/name token microseconds` a line: what is there has arrived,
even when nobody was told so, and even when this process is killed a moment later. A thread for each connection.
"""

import json
import os
import random
import re
import socket
import ssl
import sys
import threading
import time

_PATH = re.compile(rb"PATCH /apis/kargo.akuity.io/v1alpha1/namespaces/([^/]+)/warehouses/([^/?]+)(\S*) ")
_ANNOTATION = "kargo.akuity.io/refresh"
_OBJECT = json.dumps({"apiVersion": "kargo.akuity.io/v1alpha1", "kind": "Warehouse", "metadata": {}}).encode()

_manner = "good"


class _Reset(Exception):
    """This connection has had its time."""


def _reply(status, body=_OBJECT, header=b""):
    return b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n" % (
        status, len(body), header
    ) + body


def _status(code):
    return json.dumps({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code}).encode()


class _Server:
    def __init__(self, patches):
        self.patches = os.open(patches, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def _take(self, line, body):
        match = _PATH.match(line)
        if match and b"dryRun" not in match[3]:
            token = json.loads(body)["metadata"]["annotations"][_ANNOTATION]
            text = f"{match[1].decode()}/{match[2].decode()} {token} {time.time_ns() // 1000}\n"
            os.write(self.patches, text.encode())

    def answer(self, line, body, send):
        manner = _manner
        if manner == "slow":
            # Sometimes longer than a patch may take.
            time.sleep(random.choice([0.5, 1, 2, 3]))
        kind = random.randrange(8) if manner == "flapping" else 7
        if kind == 0:
            send(_reply(429, _status(429), b"Retry-After: 1\r\n"))
        elif kind in (1, 2):
            send(_reply((500, 503)[kind - 1], _status(500)))
        elif kind == 3:
            raise _Reset  # before it has arrived
        elif kind == 4:
            self._take(line, body)
            raise _Reset
        elif kind == 5:
            self._take(line, body)
            send(_reply(200)[:-10])
            raise _Reset
        else:
            self._take(line, body)
            send(_reply(200))

    def serve(self, plain, tls):
        try:
            with tls.wrap_socket(plain, server_side=True) as connection, connection.makefile("rb") as file:
                while line := file.readline():
                    length = 0
                    while (header := file.readline()) not in (b"\r\n", b""):
                        name, _, value = header.partition(b":")
                        if name.lower() == b"content-length":
                            length = int(value)
                    body = file.read(length)
                    if len(body) < length:
                        break
                    self.answer(line, body, connection.sendall)
        except (OSError, _Reset):
            pass  # The other side may leave whenever it likes, and so does this one.


def _listen_to_orders():
    global _manner
    for line in sys.stdin:
        _manner = line.strip()


def main():
    port, certificate, key, patches = sys.argv[1:]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server = _Server(patches)
    threading.Thread(target=_listen_to_orders, daemon=True).start()
    with socket.create_server(("127.0.0.1", int(port)), backlog=128) as listener:
        while True:
            plain, _ = listener.accept()
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=server.serve, args=(plain, tls), daemon=True).start()


if __name__ == "__main__":
    main()
