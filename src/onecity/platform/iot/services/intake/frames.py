"""HJ 212 bytes that do not come over a line, such as a quarantined message: whole frames, one after another."""

from typing import Final

from onecity.kernel import clock
from onecity.platform.iot.codecs.hj212 import BadFrame, Frame, Framer, Packet, decode
from onecity.platform.iot.codecs.hj212.readings import UPLOADS
from onecity.platform.iot.contracts import Message, Refusal
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.services.directory import Directory
from onecity.platform.iot.services.intake.collecting import Collected
from onecity.platform.iot.services.intake.doors import Door
from onecity.platform.iot.services.intake.packets import take_packet
from onecity.platform.iot.services.notes import keep_note

LONGEST: Final = 9_999


def take_frames(message: Message, *, directory: Directory, door: Door, collected: Collected) -> None:
    """Put the readings of all frames in a message into `collected`, and what cannot be taken as refusals.

    A packet that is no upload becomes a note; nobody waits for its answer any more.
    """
    framer = Framer(longest=LONGEST)
    found = [*framer.feed(message.raw), *framer.settle()]
    if not found:
        collected.refusals.append(Refusal(message, reasons.EMPTY))
    for item in found:
        packet = decode(item) if isinstance(item, Frame) else item
        if isinstance(packet, BadFrame):
            collected.refusals.append(Refusal(message, packet.reason.value))
        else:
            _take(packet, message, directory=directory, door=door, collected=collected)


def _take(packet: Packet, message: Message, *, directory: Directory, door: Door, collected: Collected) -> None:
    entry = door.entry(packet.mn, packet.pw)
    if isinstance(entry, str):
        collected.refusals.append(Refusal(message, entry))
    elif packet.cn in UPLOADS:
        take_packet(packet, message=message, entry=entry, directory=directory, collected=collected, origin=0)
    else:
        keep_note(entry.id, kind=packet.cn, content=message.raw.decode(errors="replace"), now=clock.city_now())
