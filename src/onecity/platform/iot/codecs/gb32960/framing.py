"""Finds packets in a stream by their two start bytes and the length in the head."""

import re
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.gb32960.packet import AROUND, HEAD, Packet, announced, decode, plausible
from onecity.platform.iot.codecs.refusals import BadFrame

_START = re.compile(rb"##|\$\$")
_BEGUN: Final = (b"#", b"$")
_PIECE: Final = 1024  # a flood of rubbish becomes one BadFrame for each of these


class Found(NamedTuple):
    """A packet with the bytes it came in."""

    raw: bytes
    packet: Packet


class Framer:
    """Cuts a stream into packets, however it arrives. Holds at most one packet and one piece of rubbish.

    longest: bytes of data that are waited for. After a failure it goes on behind the start that misled it.
    """

    def __init__(self, *, longest: int = 8_192) -> None:
        self._longest = longest
        self._held = b""
        self._junk = bytearray()
        self._why = Fault.NO_START

    @property
    def held(self) -> int:
        """Bytes held back: a packet that is not complete yet, and rubbish that is not reported yet."""
        return len(self._held) + len(self._junk)

    def feed(self, data: bytes) -> list[Found | BadFrame]:
        """Take the next bytes of the stream; return what became complete, in the stream's order."""
        return self._scan(self._held + data, final=False)

    def settle(self) -> list[Found | BadFrame]:
        """Report what is held: call it when the connection closes or has been idle for long."""
        found = self._scan(self._held, final=True)
        self._report(found)
        return found

    def _scan(self, buffer: bytes, *, final: bool) -> list[Found | BadFrame]:
        found: list[Found | BadFrame] = []
        at = 0
        while match := _START.search(buffer, at):
            start = match.start()
            self._skip(buffer[at:start], found)
            outcome = self._judge(buffer, start, final=final)
            if isinstance(outcome, Found):
                self._report(found)
                found.append(outcome)
                at = start + len(outcome.raw)
            elif outcome is None:
                self._held = buffer[start:]
                return found
            else:
                self._suspect(outcome, found)
                self._skip(buffer[start : start + 1], found)
                at = start + 1
        tail = len(buffer) - (not final and len(buffer) > at and buffer.endswith(_BEGUN))
        self._skip(buffer[at:tail], found)
        self._held = buffer[tail:]
        return found

    def _judge(self, buffer: bytes, start: int, *, final: bool) -> Found | Fault | None:
        """Return the packet at a start, why there is none, or None while that is open."""
        head = buffer[start : start + HEAD]
        if not plausible(head):
            return Fault.NO_START
        if len(head) == HEAD:
            size = announced(head)
            if size > self._longest:
                return Fault.TOO_LONG
            raw = buffer[start : start + AROUND + size]
            if len(raw) == AROUND + size:
                packet = decode(raw)
                return packet.fault if isinstance(packet, BadFrame) else Found(raw, packet)
        return Fault.TRUNCATED if final else None

    def _suspect(self, fault: Fault, found: list[Found | BadFrame]) -> None:
        """Begin a new stretch of rubbish at a head that led nowhere."""
        if fault is not Fault.NO_START:
            self._report(found)
            self._why = fault

    def _skip(self, piece: bytes, found: list[Found | BadFrame]) -> None:
        self._junk += piece
        while len(self._junk) >= _PIECE:
            found.append(BadFrame(bytes(self._junk[:_PIECE]), self._why))
            del self._junk[:_PIECE]

    def _report(self, found: list[Found | BadFrame]) -> None:
        if self._junk:
            found.append(BadFrame(bytes(self._junk), self._why))
            self._junk.clear()
        self._why = Fault.NO_START
