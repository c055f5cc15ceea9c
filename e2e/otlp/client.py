"""Clients: one for a request, and one for very many."""

import http.client
import socket
import time

HEAD = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"
# So many requests go out before the answers are read.
TOGETHER = 100


def get(address, path, headers=None):
    """The status and the body of one request on a connection of its own."""
    connection = http.client.HTTPConnection(*address, timeout=30)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def leave(address, path, until):
    """Sends a request, and leaves without its answer, once something has happened."""
    with socket.create_connection(address) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
        until()


def many(address, count):
    """Sends many requests, and returns the seconds that each hundred of them took."""
    took = []
    with socket.create_connection(address) as connection:
        connection.settimeout(30)
        for _ in range(count // TOGETHER):
            begun = time.monotonic()
            connection.sendall(HEAD * TOGETHER)
            answers, text = 0, b""
            while answers < TOGETHER:
                piece = connection.recv(1 << 16)
                assert piece, "the server has closed the connection"
                text += piece
                answers += text.count(b"HTTP/1.1 200 OK\r\n")
                # Too little for another one.
                text = text[-16:]
            took.append(time.monotonic() - begun)
    return took
