"""Sends prepared bytes down many sockets at once and counts what comes back; light, for it shares the machine."""

import selectors
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

PIECE = 64 * 1024
PATIENCE_S = 120.0


@dataclass(slots=True)
class Line:
    """One connection with what it still has to send. due: answers it waits for. heard: answers that came."""

    socket: socket.socket
    left: memoryview
    due: int
    heard: int = 0


def open_lines(
    port: int, count: int, *, greet: Callable[[socket.socket, int], None] | None = None
) -> list[socket.socket]:
    """Connect so often. greet: speaks first on each, blocking."""
    sockets = []
    for number in range(count):
        one = socket.create_connection(("127.0.0.1", port), timeout=30)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if greet is not None:
            greet(one, number)
        one.settimeout(0)
        sockets.append(one)
    return sockets


def exchange(
    sockets: Sequence[socket.socket], loads: Sequence[bytes], *, due: Sequence[int], count: Callable[[bytes], int]
) -> float:
    """Send each socket's load and wait until each has heard what is due to it; return how many seconds that took.

    count: answers in a piece of what came.
    Raises: TimeoutError.
    """
    lines = [
        Line(one, memoryview(load), wanted) for one, load, wanted in zip(sockets, loads, due, strict=True) if wanted
    ]
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ | selectors.EVENT_WRITE, line)
        waiting = len(lines)
        began = perf_counter()
        while waiting:
            if perf_counter() - began > PATIENCE_S:
                raise TimeoutError(f"{waiting} lines still wait")
            for key, events in selector.select(1.0):
                line = key.data
                if events & selectors.EVENT_WRITE:
                    _send(line, selector)
                if events & selectors.EVENT_READ and _hear(line, count):
                    selector.unregister(line.socket)
                    waiting -= 1
        return perf_counter() - began


def _send(line: Line, selector: selectors.BaseSelector) -> None:
    sent = line.socket.send(line.left[:PIECE])
    line.left = line.left[sent:]
    if not line.left:
        selector.modify(line.socket, selectors.EVENT_READ, line)


def _hear(line: Line, count: Callable[[bytes], int]) -> bool:
    data = line.socket.recv(PIECE)
    if not data:
        raise ConnectionResetError("the other side hung up")
    line.heard += count(data)
    return line.heard >= line.due
