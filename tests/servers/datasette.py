"""Datasette: a real interface over HTTP in front of an SQLite file."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.servers.ports import PATIENCE_S, free_port, listens, until


@contextlib.contextmanager
def running_datasette(file: Path) -> Iterator[str]:
    """Serve a file for a while; yield the address of its database."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "datasette", "serve", "--immutable", str(file)]
    process = subprocess.Popen(
        [*command, "-h", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until(lambda: listens(port), what="Datasette")
        yield f"http://127.0.0.1:{port}/{file.stem}"
    finally:
        process.kill()
        process.wait(PATIENCE_S)
