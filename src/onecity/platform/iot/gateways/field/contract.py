"""The border between a field protocol's module and the process that runs it.

A module of this package, named as its `declare.Protocol`, holds `PROTOCOL` (bytes over TCP or UDP, sans I/O) or
`SERVICE` (a kept library with sockets of its own). Sessions have no sockets, no clock and no database; they are told
the time and say what a line's bytes mean. The process judges who may speak, commits, and only then lets answers out.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple, Protocol, TypeVar

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot import declare
from onecity.platform.iot.rules import quality as qualities

Result = TypeVar("Result")


class CommandUnknown(Invalid):
    """The protocol, or this line, has no such command."""

    code = "iot.command_unknown"
    message = zh("该协议没有这个命令")


class Moment(NamedTuple):
    """When something happens. city: the city's time, aware, for data. seconds: monotonic, for patience."""

    city: datetime
    seconds: float


class Reading(NamedTuple):
    """One reading. name: on the wire; the device's type maps it, or else it is the property's code.

    value: None for none that is valid; numbers as on the wire, after the decimals that the protocol itself tells.
    at: phenomenon time, aware; None: when it arrived. quality: a letter of `rules.quality`.
    """

    name: str
    value: float | None
    at: datetime | None = None
    period: declare.Period = declare.Period.REAL_TIME
    sub_value: str = ""
    quality: str = qualities.GOOD


class Note(NamedTuple):
    """What a device says that is no reading. kind: at most 20 characters, such as the command code."""

    kind: str
    content: str


class Position(NamedTuple):
    """Where a device is. longitude, latitude: WGS 84. at: when, aware. speed_kmh, direction_deg: None if untold."""

    longitude: float
    latitude: float
    at: datetime
    speed_kmh: float | None = None
    direction_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A message of a device to be kept. raw: as it came. device_key: what it calls itself.

    credential: judged against the device's password, unless a `Hello` on this line was let in under the same key.
    answer: goes out once all is durable, in the store or (single readings) in the quarantine. refused: goes out instead
    when the whole message was refused, once that is durable; also by reason of `rules.reasons`, "" being any other.
    position: of a live report, newer ones win. issue: a secret that the platform hereby gives a device without a
    password: from the commit on it is its password, and this message's credential is not asked for; a device that has
    one is refused (`already_registered`). Heeded only for protocols that `FieldProtocol.issues`.
    """

    raw: bytes
    device_key: str
    credential: str | None = None
    readings: Sequence[Reading] = ()
    answer: bytes = b""
    refused: bytes | Mapping[str, bytes] = b""
    notes: Sequence[Note] = ()
    position: Position | None = None
    issue: str = ""
    reported: Mapping[str, object] = field(default_factory=dict)

    def denial(self, reason: str) -> bytes:
        """Return what the device is told when it was refused for a reason."""
        if isinstance(self.refused, bytes):
            return self.refused
        return self.refused.get(reason, self.refused.get("", b""))


@dataclass(frozen=True, slots=True)
class Attached:
    """A device that is reached through another's line. type_code: its thing model. names: what that maps on the wire.

    link: how to reach it and how often to ask, as staff entered it (`Device.link`). desired, reported: how it is to be
    set, and how it says that it is; told of the device that said hello, not of those behind it.
    """

    device_key: str
    type_code: str
    protocol: str
    names: tuple[str, ...] = ()
    link: Mapping[str, object] = field(default_factory=dict)
    desired: Mapping[str, object] = field(default_factory=dict)
    reported: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Welcome:
    """How a device's hello was judged. reason: "" if it was let in, else why not (`rules.reasons`).

    device_key: who it is, also where only a credential was shown. attached: itself first, then the devices reached
    through it (`Device.parent`), whatever their protocol.
    """

    reason: str
    device_key: str = ""
    attached: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class Hello:
    """A log-in: the session waits to hear how it was judged.

    device_key: "" where the credential alone names the device (a token). credential: None where none is shown; a device
    with a password is then refused. welcomed: called in the event loop; what it returns is treated like what
    `received` returns.
    """

    raw: bytes
    device_key: str
    welcomed: Callable[[Welcome], "Sequence[Said]"]
    credential: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes that go out at once: heartbeats, questions of a master. device_key: whom they concern, if anybody."""

    data: bytes
    device_key: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Bytes that cannot be taken. reason: of `codecs.faults` or a code with a sentence in `rules.reasons`.

    fields: what exactly was wrong; JSON values. answer: goes out at once.
    """

    raw: bytes
    reason: str
    fields: Mapping[str, object] = field(default_factory=dict)
    device_key: str = ""
    answer: bytes = b""


class OrderState(StrEnum):
    """What a device may say of an order."""

    ACCEPTED = "accepted"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answered:
    """A device's word on an order. reference: the order's, as `Ordered` or `FieldOrder` gave it. text: ≤ 60 characters.

    raw: as it came, for the trace.
    """

    device_key: str
    reference: str
    state: OrderState
    text: str = ""
    raw: bytes = b""


@dataclass(frozen=True, slots=True)
class Seen:
    """A sign of life without content, such as a heartbeat. raw: as it came. credential: as in `Upload`."""

    device_key: str
    raw: bytes = b""
    credential: str | None = None


@dataclass(frozen=True, slots=True)
class Hangup:
    """The line is to be closed, after what was said before has gone out."""

    reason: str = ""


Said = Upload | Hello | Reply | Refused | Answered | Seen | Hangup


class Ordered(NamedTuple):
    """An order in the protocol's words. reference: ≤ 40 characters, by which its answer is known on this line.

    data: goes out at once; b"" where the session sends it itself when the line's turn comes (`tick`).
    awaited: False where the protocol has no answer to it: the order is done when sent.
    """

    reference: str
    data: bytes = b""
    awaited: bool = True


class FieldSession(ABC):
    """What is known of one line (TCP) or one peer (UDP). Never blocks, never raises on anything that may come."""

    @property
    def held(self) -> int:
        """Bytes of a frame that is not whole yet; bounded by the session itself."""
        return 0

    @abstractmethod
    def received(self, data: bytes, at: Moment) -> Sequence[Said]:
        """Take bytes as they come and say what they mean."""

    def settled(self, at: Moment) -> Sequence[Said]:
        """Give up what is held, because the line ended or nothing follows; `held` is 0 afterwards."""
        return ()

    def tick(self, at: Moment) -> Sequence[Said]:
        """Do what time demands; called every half second."""
        return ()

    def order(self, device_key: str, code: str, arguments: Mapping[str, object], at: Moment) -> Ordered:
        """Put an order into the protocol's words.

        Raises: kernel.errors.Invalid, which fails the order with its sentence.
        """
        raise CommandUnknown


@dataclass(frozen=True, slots=True)
class FieldProtocol:
    """A protocol whose bytes come over a listening socket. port: by default; 0: any free one.

    commands: what it can tell devices; types of devices declare which of them they know. issues: the platform gives
    devices their secrets (`Upload.issue`). has_children: `Welcome` tells what is attached. first_word_s: who has not
    shown one whole frame by then is closed. idle_s: and who then says nothing for so long; a UDP peer is forgotten.
    """

    code: declare.Protocol
    title: str
    port: int
    session: Callable[[], FieldSession]
    transport: Literal["tcp", "udp"] = "tcp"
    commands: tuple[declare.Command, ...] = ()
    issues: bool = False
    has_children: bool = False
    first_word_s: float = 60.0
    idle_s: float = 7_200.0


class FieldOrder(NamedTuple):
    """An order that was claimed for a service. reference: to be given back with its answer."""

    id: int
    reference: str
    device_key: str
    code: str
    arguments: Mapping[str, object]


SendOrder = Callable[[FieldOrder], Awaitable[None]]
"""Sends an order; a kernel error fails the order with its sentence. Answers come by `Intake.answered`."""


class Intake(Protocol):
    """What a service is given. Everything is called in the event loop, and nothing blocks it."""

    async def submit(self, uploads: Sequence[Upload], *, peer: str = "") -> Sequence[str]:
        """Return after the commit, for each upload "" or the reason for which it was refused; answers are not used.

        "" also where single readings went to the quarantine: sending them again would change nothing.
        Raises: Unavailable if it cannot be recorded now.
        """

    async def admit(self, device_key: str, credential: str | None, *, peer: str = "") -> Welcome:
        """Judge a log-in; as with `Hello`, an empty key asks who shows this credential. Strangers are counted."""

    def refused(self, item: Refused, *, peer: str = "") -> None:
        """Keep bytes that cannot be taken in the quarantine."""

    def seen(self, device_key: str) -> None:
        """Note a sign of life of a device that was let in."""

    async def answered(self, item: Answered) -> None:
        """Note a device's word on an order."""

    def enter(self, device_key: str, send: SendOrder) -> None:
        """Hold a device's line: its orders are sent through `send`. The newest line counts."""

    def leave(self, device_key: str, send: SendOrder) -> None:
        """Give the line up, unless a newer one was entered."""

    async def call(self, function: Callable[[], Result]) -> Result:
        """Run something that needs the database, in a thread of the intake's own."""

    async def roster(self) -> Sequence[Attached]:
        """Return every device in use of the service's own protocol, with its link; for services that ask."""

    def on_change(self, heard: Callable[[str], None]) -> None:
        """Be told the key of each device that changed; "" means any may have."""

    def now(self) -> Moment:
        """Return the moment."""

    def traced(self, device_key: str) -> bool:
        """Say whether somebody watches this device's bytes."""

    def trace(self, device_key: str, data: bytes, *, outward: bool, result: str = "") -> None:
        """Keep bytes of a device that is watched; nothing for others."""


@dataclass(frozen=True, slots=True)
class FieldService:
    """A protocol that brings its own sockets. run: until cancelled; it is started again, after a pause, if it fails."""

    code: declare.Protocol
    title: str
    run: Callable[[Intake], Coroutine[None, None, None]]
    commands: tuple[declare.Command, ...] = ()
