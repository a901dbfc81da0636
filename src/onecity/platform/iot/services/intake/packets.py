"""HJ 212 packets."""

from enum import Enum

from onecity.platform.iot.codecs.hj212 import Edition, Packet, Reading, Reason, readings
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.rules import quality, reasons
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.rules.series import HJ212_KINDS, HJ212_PERIODS
from onecity.platform.iot.services.directory import Directory, Entry, TooManyDatastreams
from onecity.platform.iot.services.intake.collecting import Collected


class Verdict(Enum):
    """What a packet's sender may be told. KEPT: all of it is durable once committed. SILENT: he gets no answer."""

    KEPT = "kept"
    SILENT = "silent"


def take_packet(
    packet: Packet, *, message: Message, entry: Entry, directory: Directory, collected: Collected, origin: int
) -> Verdict:
    """Put an upload's readings into `collected`, or its refusal. entry: the device, let in by the door.

    What an honest device sends is KEPT, in the store or in the quarantine, and may be acknowledged: sending it again
    would change nothing.
    """
    found = readings(packet)
    if isinstance(found, Reason):
        collected.refusals.append(Refusal(message, found.value, device_id=entry.id))
        return Verdict.KEPT
    try:
        for reading in found:
            _take(reading, packet, entry=entry, directory=directory, collected=collected, origin=origin)
    except TooManyDatastreams:
        collected.refusals.append(Refusal(message, reasons.TOO_MANY_DATASTREAMS, device_id=entry.id))
    return Verdict.KEPT


def _take(
    reading: Reading, packet: Packet, *, entry: Entry, directory: Directory, collected: Collected, origin: int
) -> None:
    sub_value = HJ212_KINDS[reading.kind]
    number = directory.datastream(
        entry, period=HJ212_PERIODS[reading.cn], name=reading.factor[:80], sub_value=sub_value
    )
    value = None if reading.value is None else entry.ratio(reading.factor, sub_value).of(reading.value)
    collected.add(
        number,
        at=micros(reading.at),
        result=value,
        quality=hj212_quality(reading.flag, there=value is not None, edition=packet.edition),
        origin=origin,
    )


def hj212_quality(flag: str, *, there: bool, edition: Edition) -> int:
    """Return the stored quality of a reading. there: it has a valid number; a good flag on none is not believed."""
    letter = quality.from_hj212(flag, edition_2005=edition is Edition.HJ_2005)
    return quality.code(quality.NO_NUMBER if not there and letter == quality.GOOD else letter)
