"""An object store of one's own: moto's server speaks S3."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
from tests.servers.ports import PATIENCE_S, free_port, listens, until


@dataclass(frozen=True)
class ObjectStore:
    """The server's address."""

    port: int

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def make_bucket(self, name: str) -> None:
        """Make an empty bucket."""
        httpx.put(f"{self.endpoint}/{name}", timeout=PATIENCE_S).raise_for_status()


@contextlib.contextmanager
def running_s3() -> Iterator[ObjectStore]:
    """Run the server for a while."""
    server = ObjectStore(free_port())
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(server.port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: listens(server.port), what="moto")
        yield server
    finally:
        process.kill()
        process.wait(PATIENCE_S)
