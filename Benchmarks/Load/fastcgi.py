# SPDX-License-Identifier: Apache-2.0
"""As much of FastCGI 1.0 as it takes to post something to a responder without nginx."""

import socket
import struct

_BEGIN, _END, _PARAMS, _STDIN, _STDOUT = 1, 3, 4, 5, 6


def _record(kind, content):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def _pair(name, value):
    name, value = name.encode(), value.encode()
    lengths = b"".join(
        bytes([len(text)]) if len(text) < 128 else struct.pack(">I", len(text) | 1 << 31) for text in (name, value)
    )
    return lengths + name + value


def request(path, authorization, body):
    """The records of a POST on a connection that is kept."""
    parameters = {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": path, "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)), "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_AUTHORIZATION": authorization, "HTTP_HOST": "localhost",
    }
    pairs = b"".join(_pair(name, value) for name, value in parameters.items())
    return (
        _record(_BEGIN, struct.pack(">HB5x", 1, 1)) + _record(_PARAMS, pairs) + _record(_PARAMS, b"")
        + _record(_STDIN, body) + _record(_STDIN, b"")
    )


class Connection:
    def __init__(self, path, timeout):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self.file = self.socket.makefile("rb")

    def send(self, records):
        self.socket.sendall(records)

    def receive(self):
        """HTTP status and body of the next reply, once all of it has come."""
        output = b""
        while True:
            header = self.file.read(8)
            if len(header) < 8:
                raise ConnectionError("the responder has closed the connection")
            _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", header)
            content = self.file.read(length + padding)[:length]
            if kind == _STDOUT:
                output += content
            if kind == _END:
                break
        head, _, body = output.partition(b"\r\n\r\n")
        first = head.split(b"\r\n", 1)[0].decode()
        return int(first.split()[1]) if first.startswith("Status:") else 200, body.decode()

    def close(self):
        self.file.close()
        self.socket.close()

    def ask(self, records):
        self.send(records)
        return self.receive()
