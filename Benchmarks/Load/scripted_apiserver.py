# SPDX-License-Identifier: Apache-2.0
"""An API server that answers each PATCH with success after a while: PORT DELAY CERTIFICATE KEY.

As little HTTP/1.1 as the sink needs, for this is not what is measured; a thread for each connection.
"""

import json
import socket
import ssl
import sys
import threading
import time

_lock = threading.Lock()
_counts = {"patches": 0, "most": 0}
_under_way = 0

_REPLY = json.dumps({"apiVersion": "kargo.akuity.io/v1alpha1", "kind": "Warehouse", "metadata": {}}).encode()


def _head(length):
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % length


def _patch(delay, is_dry_run):
    global _under_way
    if is_dry_run:
        # The program's question at its start whether a patch would be taken; it is none of a refresh.
        time.sleep(delay)
        return _REPLY
    with _lock:
        _under_way += 1
        _counts["most"] = max(_counts["most"], _under_way)
    if delay > 0:
        time.sleep(delay)
    with _lock:
        _under_way -= 1
        _counts["patches"] += 1
    return _REPLY


def _serve(plain, tls, delay):
    try:
        with tls.wrap_socket(plain, server_side=True) as connection, connection.makefile("rb") as file:
            while line := file.readline():
                length = 0
                while (header := file.readline()) not in (b"\r\n", b""):
                    name, _, value = header.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                file.read(length)
                if line.startswith(b"PATCH "):
                    body = _patch(delay, b"dryRun=" in line)
                else:
                    body = json.dumps(_counts).encode()
                connection.sendall(_head(len(body)) + body)
    except OSError:
        pass  # The other side may leave whenever it likes.


def main():
    port, delay, certificate, key = sys.argv[1:]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", int(port)), backlog=128) as listener:
        while True:
            plain, _ = listener.accept()
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_serve, args=(plain, tls, float(delay)), daemon=True).start()


if __name__ == "__main__":
    main()
