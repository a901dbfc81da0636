"""Whoever brings what devices say: a line, the sender of datagrams, or a service; and what it says, on its way."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from onecity.platform.iot.gateways.field.contract import Answered, FieldSession, Hello, Seen, Upload
from onecity.platform.iot.gateways.field.tokens import is_token

MOST_REFERENCES: Final = 1_000
Judged = Upload | Hello | Seen | Answered
"""What is judged before anything comes of it."""


class Outlet(Protocol):
    """The way back to whoever spoke."""

    @property
    def closed(self) -> bool: ...
    @property
    def holds(self) -> bool:
        """Say whether the sender can be left waiting."""

    def send(self, data: bytes) -> None: ...
    def hang_up(self) -> None: ...
    def hold_back(self, seconds: float) -> None: ...


class Speaker:
    """What is remembered of one line, however it comes.

    shown: what each device showed that was let in here by its hello. ids: of those devices. keys: devices that spoke
    here. pending: messages on their way to the database. leaving: it is closed once nothing is pending. trusted:
    devices behind a gateway need not come through its line, because the platform itself asked them.
    """

    __slots__ = (
        "_references", "address", "hellos", "ids", "keys", "leaving", "outlet", "pending", "protocol", "session",
        "shown", "trusted",
    )  # fmt: skip

    def __init__(self, outlet: Outlet, session: FieldSession | None, *, protocol: str, trusted: bool = False) -> None:
        self.outlet = outlet
        self.protocol = protocol
        self.session = session
        self.trusted = trusted
        self.address = ""
        self.shown: dict[str, str | None] = {}
        self.hellos: dict[str, Hello] = {}
        self.ids: set[int] = set()
        self.keys: set[str] = set()
        self.pending = 0
        self.leaving = False
        self._references: OrderedDict[tuple[str, str], int] = OrderedDict()

    def remember(self, device_key: str, reference: str, order_id: int) -> None:
        """Note under which reference a device will answer an order; the oldest are forgotten."""
        self._references[device_key, reference] = order_id
        if len(self._references) > MOST_REFERENCES:
            self._references.popitem(last=False)

    def order_of(self, device_key: str, reference: str, *, ended: bool) -> int | None:
        """Return which order a device answers. ended: it has nothing more to say of it."""
        place = (device_key, reference)
        return self._references.pop(place, None) if ended else self._references.get(place)

    def settle(self, count: int) -> None:
        """Note that messages are durable, or lost; hang up if that was waited for."""
        self.pending -= count
        if self.leaving and self.pending <= 0:
            self.outlet.hang_up()

    def leave(self) -> None:
        """Hang up once nothing is pending."""
        self.leaving = True
        self.settle(0)


@dataclass(slots=True)
class Item:
    """Something said, on its way.

    told: hears for which reason it was refused, "" if it was kept, once that is durable. peer: the network address, if
    it is not the speaker's.
    """

    speaker: Speaker
    said: Judged
    told: Callable[[str], None] | None = None
    peer: str = ""

    @property
    def address(self) -> str:
        """The network address it came from."""
        return self.peer or self.speaker.address

    @property
    def key(self) -> str:
        """What the device calls itself; "" where its credential has to tell."""
        return self.said.device_key

    @property
    def credential(self) -> str | None:
        """What it shows, now or with its hello."""
        own = None if isinstance(self.said, Answered) else self.said.credential
        return own if own is not None else self.speaker.shown.get(self.key)

    @property
    def token(self) -> str:
        """The token it shows, "" for none."""
        credential = self.credential
        return credential if credential is not None and is_token(credential) else ""
