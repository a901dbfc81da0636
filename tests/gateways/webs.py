"""The web server as it runs in service, on a test's database."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.gateways.harness import until, url_of_database

ROOT = Path(__file__).parents[2]


@contextmanager
def web_server() -> Iterator[str]:
    """Run it in a process of its own; yield its address."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "onecity.project.asgi:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--loop", "uvloop", "--no-ws"),
    ]
    environment = {**os.environ, "ONECITY_DATABASE_URL": url_of_database()}
    server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ready() -> bool:
        assert server.poll() is None
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return True
        except OSError:
            return False

    try:
        until(ready, within=120)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
