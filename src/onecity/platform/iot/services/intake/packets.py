"""HJ 212 packets."""

from collections.abc import Callable
from enum import Enum
from typing import Final

from onecity.platform.iot.codecs.hj212 import Edition, Packet, Reading, Reason, readings
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.rules import quality, reasons
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.rules.series import HJ212_KINDS, HJ212_PERIODS
from onecity.platform.iot.services.credentials import password_hashes
from onecity.platform.iot.services.directory import Directory, Entry, TooManyDatastreams
from onecity.platform.iot.services.intake.collecting import Collected

KEPT_HASHES: Final = 100_000
Hashes = Callable[[str], list[str]]


class Verdict(Enum):
    """What a packet's sender may be told. KEPT: all of it is durable once committed. SILENT: he gets no answer."""

    KEPT = "kept"
    SILENT = "silent"


class Door:
    """Decides whether a packet's sender is who he says, remembering what passwords hash to."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._hashes: dict[str, list[str]] = {}

    def entry(self, mn: str, pw: str | None) -> Entry | str:
        """Return the device, asking the database if need be, or the reason for which its packet is refused.

        Source: HJ 212-2017, 6.6 (PW and MN are checked with each packet); house rule: no answer to who fails.
        """
        return self.judge(self._directory.find(mn), pw)

    def judge(self, entry: Entry | None, pw: str | None) -> Entry | str:
        """Return the device, or the reason, without asking for it."""
        if entry is None:
            return reasons.UNKNOWN_DEVICE
        if entry.retired:
            return reasons.RETIRED_DEVICE
        if entry.protocol != Protocol.HJ212:
            return reasons.WRONG_PROTOCOL
        if entry.password_hash and entry.password_hash not in self._hashes_of(pw or ""):
            return reasons.WRONG_PASSWORD
        return entry

    def _hashes_of(self, password: str) -> list[str]:
        found = self._hashes.get(password)
        if found is None:
            if len(self._hashes) >= KEPT_HASHES:
                self._hashes.clear()
            found = self._hashes[password] = password_hashes(password)
        return found


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
