"""A line of meters under the test's hand: time goes on when told, meters answer as they are made to."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.contract import (
    Attached,
    FieldSession,
    Hello,
    Moment,
    Reply,
    Said,
    Upload,
    Welcome,
)

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
Meter = Callable[[bytes], bytes]
"""Takes what the platform says and returns what goes back; b"" for silence."""


class Talk:
    """One session. said: everything it said so far, but what it sent."""

    def __init__(self, session: FieldSession) -> None:
        self.session = session
        self.seconds = 0.0
        self.said: list[Said] = []
        self.sent: list[bytes] = []

    @property
    def moment(self) -> Moment:
        return Moment(NOON + timedelta(seconds=self.seconds), self.seconds)

    def hear(self, data: bytes) -> None:
        self._take(self.session.received(data, self.moment))

    def wait(self, seconds: float) -> None:
        """Let time go on in half seconds, as the process does."""
        for _ in range(int(seconds * 2)):
            self.seconds += 0.5
            self._take(self.session.tick(self.moment))

    def welcome(self, *attached: Attached, reason: str = "") -> None:
        hello = next(item for item in reversed(self.said) if isinstance(item, Hello))
        self._take(hello.welcomed(Welcome(reason, hello.device_key, attached)))

    def run(self, meter: Meter, *, seconds: float = 1.0) -> None:
        """Let a meter answer what is asked, for so long."""
        for _ in range(int(seconds * 2)):
            self.wait(0.5)
            while self.sent:
                answer = meter(self.sent.pop(0))
                if answer:
                    self.hear(answer)

    @property
    def uploads(self) -> list[Upload]:
        return [item for item in self.said if isinstance(item, Upload)]

    def _take(self, said: Sequence[Said]) -> None:
        for item in said:
            if isinstance(item, Reply):
                self.sent.append(item.data)
            else:
                self.said.append(item)


def attached(
    key: str, protocol: Protocol, *names: str, type_code: str = "metering.water_meter", **link: object
) -> Attached:
    """Return a device as a line is told of it."""
    return Attached(key, type_code, protocol.value, names, link)


def told(upload: Upload) -> dict[str, float | None]:
    """Return an upload's readings."""
    return {item.name: item.value for item in upload.readings}
