"""A message that was taken off a line, and what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.jt808 import Packet, ids
from onecity.platform.iot.codecs.jt808.answers import Result
from onecity.platform.iot.codecs.jt808.location import Location, decode_batch, decode_location
from onecity.platform.iot.gateways.field.contract import Moment, Note, Position, Reading, Refused, Said, Upload
from onecity.platform.iot.gateways.field.jt808.reports import Told, alarm_note, position_of, readings_of
from onecity.platform.iot.gateways.field.jt808.terminals import Terminal


@dataclass(frozen=True, slots=True)
class Taken:
    """A whole message. raw: as it came. serials: of its parts, if it came in parts."""

    raw: bytes
    packet: Packet
    terminal: Terminal
    at: Moment
    serials: tuple[int, ...] = ()

    def answer(self, result: Result = Result.OK) -> bytes:
        """Return the general answer to it."""
        return self.terminal.answer(self.packet, result=result, serials=self.serials)


def kept(
    taken: Taken,
    *,
    readings: Sequence[Reading] = (),
    notes: Sequence[Note] = (),
    position: Position | None = None,
    raw: bytes | None = None,
) -> Upload:
    """Return the upload of a message that is answered in general. raw: b"" for what was told of before."""
    return Upload(
        taken.raw if raw is None else raw,
        taken.packet.key,
        taken.terminal.code,
        readings,
        taken.answer(),
        taken.answer(Result.FAILED),
        notes,
        position,
    )


def located(taken: Taken) -> list[Said]:
    """Say what a location report or a batch of them means.

    Raises: BadBody.
    """
    if taken.packet.id == ids.BATCH:
        return [_batch(taken)]
    return [reported(taken, decode_location(taken.packet.body))]


def reported(taken: Taken, location: Location) -> Said:
    """Say what a live report means. One without a time is refused, and answered, for sending it again cannot help."""
    at, terminal = location.at, taken.terminal
    if at is None:
        fields = {"at": location.time.hex()}
        return Refused(taken.raw, Fault.BAD_TIME, fields, taken.packet.key, taken.answer())
    notes = alarm_note(location, at=at, before=terminal.alarms.before, of_2019=terminal.of_2019)
    seconds = taken.at.seconds
    told = Told(
        terminal.alarms.take(location.alarms, seconds=seconds), terminal.states.take(location.status, seconds=seconds)
    )
    readings = readings_of(location, at=at, told=told, of_2019=terminal.of_2019)
    return kept(taken, readings=readings, notes=notes, position=position_of(location, at=at))


def _batch(taken: Taken) -> Said:
    """Say what a batch means: readings of the past, which move no vehicle and change no standing alarm."""
    readings: list[Reading] = []
    told = Told(0, 0)
    for location in decode_batch(taken.packet.body).locations:
        if location.at is None:
            fields = {"at": location.time.hex()}
            return Refused(taken.raw, Fault.BAD_TIME, fields, taken.packet.key, taken.answer())
        told = Told(told.alarms | location.alarms, told.states | location.status)
        readings += readings_of(location, at=location.at, told=told, of_2019=taken.terminal.of_2019)
    return kept(taken, readings=readings)
