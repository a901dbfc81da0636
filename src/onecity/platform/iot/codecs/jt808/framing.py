"""Cuts a stream at its flags. Every 7E both ends what stands before it and begins what follows.

So a lost or an added flag costs one frame, never the stream: what does not hold together between two flags is reported.
"""

from typing import Final, NamedTuple

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.jt808.packet import FLAG, LONGEST_SEGMENT, Packet, decode
from onecity.platform.iot.codecs.refusals import BadFrame

_PIECE: Final = 1024  # a flood without flags becomes one BadFrame for each of these


class Found(NamedTuple):
    """A message with the bytes it came in, flags included."""

    raw: bytes
    packet: Packet


class Framer:
    """Finds messages in a stream, however it is cut. Holds at most LONGEST_SEGMENT bytes."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._lost = False  # in a stretch that is longer than any message

    @property
    def held(self) -> int:
        """Bytes of a message that is not complete yet."""
        return len(self._held)

    def feed(self, data: bytes) -> list[Found | BadFrame]:
        """Take the next bytes of the stream; return what became complete, in the stream's order."""
        found: list[Found | BadFrame] = []
        *whole, tail = data.split(FLAG)
        for piece in whole:
            self._hold(piece, found)
            self._close(found)
        self._hold(tail, found)
        return found

    def settle(self) -> list[Found | BadFrame]:
        """Report what is held: call it when the connection closes or has been idle for long."""
        held, self._held = bytes(self._held), bytearray()
        fault = Fault.TOO_LONG if self._lost else Fault.TRUNCATED
        self._lost = False
        return [BadFrame(held, fault)] if held else []

    def _hold(self, piece: bytes, found: list[Found | BadFrame]) -> None:
        self._held += piece
        self._lost = self._lost or len(self._held) > LONGEST_SEGMENT
        while self._lost and len(self._held) >= _PIECE:
            found.append(BadFrame(bytes(self._held[:_PIECE]), Fault.TOO_LONG))
            del self._held[:_PIECE]

    def _close(self, found: list[Found | BadFrame]) -> None:
        segment, lost = bytes(self._held), self._lost
        self._held.clear()
        self._lost = False
        if segment and lost:
            found.append(BadFrame(segment, Fault.TOO_LONG))
        elif segment:
            packet = decode(segment)
            found.append(packet if isinstance(packet, BadFrame) else Found(FLAG + segment + FLAG, packet))
