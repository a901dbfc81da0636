"""Messages of field protocols that do not come over a line, such as quarantined ones."""

from datetime import datetime
from typing import Final

from onecity.kernel import clock
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.gateways.field.contract import FieldProtocol, Moment, Refused, Upload
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.services.directory import Directory, TooManyDatastreams
from onecity.platform.iot.services.intake.collecting import Collected
from onecity.platform.iot.services.intake.doors import Door
from onecity.platform.iot.services.intake.reported import take_readings
from onecity.platform.iot.services.notes import keep_note

UNPROVED: Final = frozenset({reasons.WRONG_PASSWORD, reasons.NOT_ITS_LINE, reasons.ALREADY_REGISTERED})
"""Reasons that say the sender did not prove who he is: a replay asks for the proof again."""


def take_said(
    message: Message,
    *,
    protocol: FieldProtocol,
    arrived: datetime,
    reason: str,
    directory: Directory,
    collected: Collected,
) -> None:
    """Put the readings of a message into `collected`, and what cannot be taken as refusals.

    A new session reads it, as if it were all that its line ever brought. arrived: when it came, for readings without a
    time of their own. reason: why it was refused then. Nobody waits for an answer any more.
    """
    session, moment = protocol.session(), Moment(arrived, 0.0)
    door = Door(directory, protocol.code)
    said = [*session.received(message.raw, moment), *session.settled(moment)]
    if not said:
        collected.refusals.append(Refusal(message, reasons.EMPTY))
    for one in said:
        if isinstance(one, Refused):
            collected.refusals.append(Refusal(message, one.reason, one.fields))
        elif isinstance(one, Upload):
            _take(one, message, door=door, arrived=arrived, reason=reason, directory=directory, collected=collected)


def _take(
    upload: Upload,
    message: Message,
    *,
    door: Door,
    arrived: datetime,
    reason: str,
    directory: Directory,
    collected: Collected,
) -> None:
    entry = door.standing(directory.find(upload.device_key))
    if isinstance(entry, str):
        collected.refusals.append(Refusal(message, entry))
        return
    if reason in UNPROVED and not (entry.password_hash and door.fits(entry, upload.credential)):
        collected.refusals.append(Refusal(message, reason, device_id=entry.id))
        return
    try:
        take_readings(upload.readings, entry=entry, arrived=micros(arrived), directory=directory, collected=collected)
    except TooManyDatastreams:
        collected.refusals.append(Refusal(message, reasons.TOO_MANY_DATASTREAMS, device_id=entry.id))
    for note in upload.notes:
        keep_note(entry.id, kind=note.kind, content=note.content, now=clock.city_now())
