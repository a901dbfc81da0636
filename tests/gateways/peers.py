"""A device on a socket that speaks bytes, whatever the protocol."""

import socket
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from tests.gateways.harness import PATIENCE_S

from onecity.platform.iot.models import Datastream, Observation, QuarantinedMessage

Heard = TypeVar("Heard")


class Peer(Generic[Heard]):
    """A device's end of a line. hear: cuts what the platform says into messages."""

    def __init__(self, port: int, hear: Callable[[bytes], Iterator[Heard]]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self._cut = hear
        self._heard: list[Heard] = []

    def __enter__(self) -> "Peer[Heard]":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, *pieces: bytes) -> None:
        """Send bytes, each piece by itself."""
        for piece in pieces:
            self.socket.sendall(piece)

    def hear(self) -> Heard:
        """Return the platform's next message; fail if none comes."""
        while not self._heard:
            data = self.socket.recv(65_536)
            assert data, "the platform closed the connection"
            self._heard += self._cut(data)
        return self._heard.pop(0)

    def ask(self, *pieces: bytes) -> Heard:
        """Send bytes and return the platform's next message."""
        self.say(*pieces)
        return self.hear()

    def hears_nothing(self, *, for_s: float = 0.3) -> bool:
        """Say whether the platform keeps silent."""
        self.socket.settimeout(for_s)
        try:
            return not self._heard and self.socket.recv(1) == b""
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(PATIENCE_S)


def latest(key: str) -> dict[str, float | None]:
    """Return a device's newest stored values by property."""
    streams = {row.id: row.property_code for row in Datastream.objects.filter(device__key=key)}
    rows = Observation.objects.filter(datastream_id__in=list(streams)).order_by("phenomenon_at")
    return {streams[row.datastream_id]: row.result for row in rows}


def stored(key: str) -> int:
    """Return how many readings of a device are stored."""
    return Observation.objects.filter(
        datastream_id__in=list(Datastream.objects.filter(device__key=key).values_list("id", flat=True))
    ).count()


def quarantined() -> list[tuple[str, str]]:
    """Return reason and device of what lies in the quarantine."""
    return sorted(QuarantinedMessage.objects.values_list("reason", "device_key"))
