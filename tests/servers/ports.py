"""Ports on the loopback that nobody listens on, and waiting."""

import os
import random
import socket
import time
from collections.abc import Callable

PATIENCE_S = 30.0
_taken: set[int] = set()


def free_port() -> int:
    """Return a port below those from which outgoing connections take theirs; never the same twice in a process."""
    for port in random.Random(os.getpid()).sample(range(20_000, 32_000), 400):
        with socket.socket() as probe:
            if port not in _taken and probe.connect_ex(("127.0.0.1", port)) != 0:
                _taken.add(port)
                return port
    raise AssertionError("no port is free")


def listens(port: int) -> bool:
    """Say whether somebody takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(holds: Callable[[], bool], *, what: str) -> None:
    """Wait until something holds; fail if it never does."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)
