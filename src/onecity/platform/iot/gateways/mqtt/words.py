"""What devices say over MQTT besides readings: events, words on orders, what they tell of themselves."""

from collections.abc import Callable
from typing import Final, Literal

import msgspec

from onecity.kernel import clock
from onecity.platform.iot.contracts import Message
from onecity.platform.iot.gateways.mqtt.topics import ANSWERS, ATTRIBUTES
from onecity.platform.iot.models import DeviceCommand
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.services.commands import note_answer
from onecity.platform.iot.services.intake.settings import take_over
from onecity.platform.iot.services.notes import keep_note

LONGEST: Final = 16_384
_STATES: Final = {
    "accepted": DeviceCommand.State.ACCEPTED,
    "done": DeviceCommand.State.DONE,
    "failed": DeviceCommand.State.FAILED,
}


class NotReadable(Exception):
    """The message cannot be read. reason: a code of `rules.reasons`."""

    def __init__(self, reason: str, at_fault: str = "") -> None:
        self.reason = reason
        self.at_fault = at_fault
        super().__init__(reason)


class Word(msgspec.Struct, frozen=True):
    """A device's word on an order: `{"id": "12", "state": "done", "text": "…"}`."""

    id: str
    state: Literal["accepted", "done", "failed"]
    text: str = ""


_word = msgspec.json.Decoder(Word)
_object = msgspec.json.Decoder(dict[str, object])


def act_of(message: Message, *, leaf: str, device_id: int) -> Callable[[], None]:
    """Return what keeps a device's message; it is to be called in a transaction.

    Raises: NotReadable.
    """
    try:
        if leaf == ANSWERS:
            word = _word.decode(message.raw)
            return lambda: _answer(word, device_id)
        if leaf == ATTRIBUTES:
            values = _object.decode(message.raw)
            return lambda: take_over(device_id, values, now=clock.real_now())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotReadable(reasons.NOT_JSON, str(error)[:200]) from None
    text = message.raw[:LONGEST].decode(errors="replace")
    return lambda: keep_note(device_id, kind=leaf, content=text, now=clock.city_now())


def _answer(word: Word, device_id: int) -> None:
    now = clock.real_now()
    note_answer(device_id, reference=word.id, state=_STATES[word.state], result=word.text, now=now)
