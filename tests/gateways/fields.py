"""A field gateway in this process, and devices before it that speak the tests' own protocol."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tests.gateways.harness import PATIENCE_S, running
from tests.gateways.wording import WORDS

from onecity.platform.iot.gateways.field.contract import FieldProtocol, FieldService
from onecity.platform.iot.gateways.field.running import run_field
from onecity.platform.iot.gateways.limits import Limits

ENOUGH = Limits(per_address=20_000, frames_per_s=1e6, frames_per_device_s=1e6, device_burst=1e6)


@contextmanager
def field_gateway(*entries: FieldProtocol | FieldService, limits: Limits | None = None) -> Iterator[Mapping[str, int]]:
    """Run a field gateway; yield its ports by protocol."""
    ports: dict[str, int] = {}
    wanted: Sequence[FieldProtocol | FieldService] = entries or (WORDS,)
    codes = [entry.code for entry in wanted if isinstance(entry, FieldProtocol)]  # another city may run here

    def start(ready):  # type: ignore[no-untyped-def]  # the harness' own callback
        def say(found: Mapping[str, int]) -> None:
            ports.update(found)
            ready(0)

        return run_field("127.0.0.1", wanted, limits=limits or ENOUGH, ports=dict.fromkeys(codes, 0), ready=say)

    with running(start):
        yield ports


class Talker:
    """A device that speaks lines of text over TCP."""

    def __init__(self, port: int, *, address: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S, source_address=(address, 0))
        self._held = b""

    def __enter__(self) -> "Talker":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, *lines: str) -> None:
        """Send lines, in one write."""
        self.socket.sendall("".join(f"{line}\n" for line in lines).encode())

    def hear(self) -> str:
        """Return the next line from the platform; fail if none comes."""
        while b"\n" not in self._held:
            data = self.socket.recv(65_536)
            assert data, "the platform closed the connection"
            self._held += data
        line, _, self._held = self._held.partition(b"\n")
        return line.decode()

    def hears_of_a_reading(self) -> str:
        """Return the next line that is no news of what is attached: that is told again whenever it changed."""
        while (said := self.hear()).startswith("ok "):
            pass
        return said

    def ask(self, line: str) -> str:
        """Say a line and return what the platform says to it."""
        self.say(line)
        return self.hear()

    def hears_nothing(self, *, for_s: float = 0.3) -> bool:
        """Say whether the platform keeps silent."""
        self.socket.settimeout(for_s)
        try:
            return not self._held and self.socket.recv(1) == b""
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(PATIENCE_S)

    def is_closed(self) -> bool:
        """Say whether the platform closes the connection, whatever it said before; waits for it."""
        try:
            while self.socket.recv(65_536):
                pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True
