"""Gateways for tests: one in this process's threads, one as a process of its own that can be killed."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from onecity.demo.simulators.hj212_host import Heard, HostReader
from onecity.platform.iot.gateways.hj212.running import run_hj212
from onecity.platform.iot.gateways.limits import Limits

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20.0


def until(holds: Callable[[], bool], *, within: float = PATIENCE_S, what: str = "") -> None:
    """Wait until something holds; fail if it never does."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, f"waited in vain: {what or holds}"
        time.sleep(0.01)


@contextmanager
def running(start: Callable[[Callable[[int], None]], Any]) -> Iterator[int]:
    """Run a gateway's coroutine in a thread with an event loop of its own; yield its port."""
    ports: list[int] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    tasks: list[asyncio.Task[None]] = []

    def say(port: int) -> None:
        ports.append(port)
        ready.set()

    async def main() -> None:
        tasks.append(asyncio.ensure_future(start(say)))
        await asyncio.gather(*tasks, return_exceptions=True)
        ready.set()

    thread = threading.Thread(target=lambda: loop.run_until_complete(main()), daemon=True)
    thread.start()
    assert ready.wait(PATIENCE_S)
    if not ports:
        raise AssertionError(tasks[0].exception())
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(tasks[0].cancel)
        thread.join(PATIENCE_S)
        loop.close()


class Process:
    """A gateway as a process of its own, on this test's database."""

    def __init__(
        self,
        *arguments: str,
        command: str = "gateway",
        database_url: str = "",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._arguments = (command, *arguments)
        self._settings = settings or {}
        self._url = database_url or url_of_database()
        self.start()

    def fix(self, *more: str) -> None:
        """Give it further arguments for the next start, such as the port that it has now."""
        self._arguments += more

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        environment = {**os.environ, **self._settings, "ONECITY_DATABASE_URL": self._url}
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), *self._arguments],
            env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith("ready"), line
        self.port = int(line.split()[1].rpartition("=")[2])

    def kill(self) -> None:
        """End it as a failing machine would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE_S)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def stop(self) -> None:
        """End it in good order."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(PATIENCE_S)
        assert self._process.stdout is not None
        self._process.stdout.close()


def url_of_database() -> str:
    """Return the address of this test's database."""
    settings = connection.settings_dict
    return f"postgresql://{settings['USER']}:{settings['PASSWORD']}@/{settings['NAME']}?host={settings['HOST']}"


@contextmanager
def hj212_gateway(limits: Limits | None = None) -> "Iterator[Hall]":
    """Run an HJ 212 gateway in this process; yield a hall of field units before it."""
    with running(lambda ready: run_hj212("127.0.0.1", 0, limits=limits or Limits(), ready=ready)) as port:
        hall = Hall(port)
        try:
            yield hall
        finally:
            hall.close()


class Hall:
    """Field units before one gateway; all hang up at the end."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._units: list[Unit] = []

    def unit(self, *, address: str = "127.0.0.1") -> "Unit":
        """Connect another unit."""
        self._units.append(Unit(self.port, address=address))
        return self._units[-1]

    def close(self) -> None:
        """Hang up all."""
        for unit in self._units:
            unit.close()


class Unit:
    """A field unit on a socket."""

    def __init__(self, port: int, *, address: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S, source_address=(address, 0))
        self._reader = HostReader()
        self._heard: list[Heard] = []

    def send(self, *pieces: bytes) -> None:
        """Send bytes, each piece by itself."""
        for piece in pieces:
            self.socket.sendall(piece)

    def hear(self) -> Heard:
        """Return the next packet from the platform; fail if none comes."""
        while not self._heard:
            data = self.socket.recv(65_536)
            assert data, "the platform closed the connection"
            self._heard += self._reader.hear(data)
        return self._heard.pop(0)

    def hear_all(self, count: int) -> list[Heard]:
        """Return the next packets."""
        return [self.hear() for _ in range(count)]

    def hears_nothing(self, *, for_s: float = 0.3) -> bool:
        """Say whether the platform keeps silent."""
        self.socket.settimeout(for_s)
        try:
            return not self._heard and self.socket.recv(1) == b""
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(PATIENCE_S)

    def is_closed(self) -> bool:
        """Say whether the platform closed the connection; waits for it."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def close(self) -> None:
        """Hang up."""
        self.socket.close()
