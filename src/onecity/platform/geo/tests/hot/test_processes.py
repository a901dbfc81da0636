"""Two web processes on real sockets: a change made in one place is seen by the next tile of each."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import mapbox_vector_tile
import pytest

from onecity.platform.geo.tests.factories import make_place
from onecity.platform.geo.tests.hot.asking import database_url
from onecity.platform.geo.tests.hot.drawing import address

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 60.0


@contextmanager
def web_process() -> Iterator[str]:
    """Run the city's web server as one process on a free port; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Path(sys.executable).with_name("granian")
    command = [
        str(server), "--interface", "asgi", "onecity.project.asgi:application", "--host", "127.0.0.1",
        "--port", str(port),
        "--workers", "1", "--loop", "uvloop", "--no-ws", "--log-level", "warning",
    ]  # fmt: skip
    environment = {**os.environ, "ONECITY_DATABASE_URL": database_url()}
    process = subprocess.Popen(command, env=environment)
    try:
        wait_for(lambda: fetch(f"http://127.0.0.1:{port}/healthz"))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(condition: object) -> None:
    assert callable(condition)
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            if condition():
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.05)
    raise TimeoutError


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        body: bytes = answer.read()
        return body


def names(base: str) -> set[str]:
    layers = mapbox_vector_tile.decode(fetch(base + address("geo.places")))
    return {feature["properties"]["name"] for feature in layers["geo.places"]["features"]}


def test_change_is_seen_by_the_next_tile_of_every_process() -> None:
    make_place("人民医院")
    with ExitStack() as running:
        bases = [running.enter_context(web_process()) for _ in range(2)]
        for _ in range(3):  # by the third time each process listens and keeps the tile
            assert [names(base) for base in bases] == [{"人民医院"}, {"人民医院"}]
            time.sleep(0.3)
        make_place("二院", column=1.1)
        for base in bases:
            wait_for(lambda base=base: names(base) == {"人民医院", "二院"})
