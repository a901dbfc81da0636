"""What a line needs to know of the language of its meters."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onecity.platform.iot.codecs.cutting import Cutter
from onecity.platform.iot.gateways.field.contract import Attached, Moment, OrderState, Reading


@dataclass(frozen=True, slots=True)
class Heard:
    """A meter's answer. topic: by which it fits its question. more: the question for the rest, b"" if there is none.

    refused: why the meter refuses, "" if it does not. told: what it says as readings, once it is whole.
    """

    address: str
    topic: str
    told: Sequence[Reading] = ()
    refused: str = ""
    more: bytes = b""


@dataclass(slots=True)
class Question:
    """Bytes to a meter, and what answers them. key: the meter's. address: on the wire.

    tries: how often it may still be sent; orders once only. reference: of an order. not_before: seconds, monotonic.
    wanted: of a check, by reading name, what must be read for the order to be done; it is read `checks` times at most.
    awaited: False for a broadcast. follows: the check that is asked after the order was taken.
    """

    key: str
    address: str
    topic: str
    data: bytes
    tries: int = 1
    reference: str = ""
    awaited: bool = True
    not_before: float = 0.0
    wanted: Mapping[str, float] = field(default_factory=dict)
    follows: "Question | None" = None
    checks: int = 1


class Unreadable(ValueError):
    """A frame that is no answer of a meter."""


class Dialect(ABC):
    """The language of one line's meters. Keeps what belongs to an answer in parts."""

    @abstractmethod
    def cutter(self) -> Cutter:
        """Return a cutter for the line."""

    @abstractmethod
    def topics(self, meter: Attached) -> Sequence[str]:
        """Return what a meter is asked for in a round."""

    @abstractmethod
    def question(self, meter: Attached, topic: str) -> Question:
        """Ask a meter for one thing."""

    @abstractmethod
    def who_is_there(self) -> Question:
        """Ask the only meter on a line for its address."""

    @abstractmethod
    def heard(self, raw: bytes) -> Heard:
        """Read a meter's frame.

        Raises: Unreadable.
        """

    @abstractmethod
    def order(
        self, meter: Attached, code: str, arguments: Mapping[str, object], at: Moment, *, reference: str
    ) -> Question:
        """Put an order into the meter's words.

        Raises: kernel.errors.Invalid.
        """


def address_of(meter: Attached) -> str:
    """Return a meter's address on the wire: its key, unless its link says otherwise."""
    return str(meter.link.get("address") or meter.device_key)


def checked(question: Question, told: Sequence[Reading]) -> OrderState:
    """Return whether what was read is what the order wanted."""
    found = {item.name: item.value for item in told}
    good = all(found.get(name) == value for name, value in question.wanted.items())
    return OrderState.DONE if good else OrderState.FAILED
