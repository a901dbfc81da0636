"""Finds packets in a stream by `@@` and the length that follows; neither `@@` nor `##` is escaped in the data."""

from typing import Final, NamedTuple

from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.gb26875.packet import (
    AROUND,
    HEAD,
    LONGEST_DATA,
    START,
    Packet,
    Refusal,
    announced,
    decode,
)

_PIECE: Final = 1024  # a flood of rubbish becomes one refusal for each of these


class Found(NamedTuple):
    """A packet with the bytes it came in."""

    raw: bytes
    packet: Packet


class Framer:
    """Cuts a stream into packets, however it arrives. Holds at most one packet and one piece of rubbish.

    After a failure it goes on behind the start that misled it, so a packet that a broken one swallowed is found.
    """

    def __init__(self) -> None:
        self._held = b""
        self._junk = bytearray()

    @property
    def held(self) -> int:
        """Bytes held back: a packet that is not complete yet, and rubbish that is not reported yet."""
        return len(self._held) + len(self._junk)

    def feed(self, data: bytes) -> list[Found | Refusal]:
        """Take the next bytes of the stream; return what became complete, in the stream's order."""
        return self._scan(self._held + data, final=False)

    def settle(self) -> list[Found | Refusal]:
        """Report what is held: call it when the connection closes or has been idle for long."""
        found = self._scan(self._held, final=True)
        self._report(found)
        return found

    def _scan(self, buffer: bytes, *, final: bool) -> list[Found | Refusal]:
        found: list[Found | Refusal] = []
        at = 0
        while (start := buffer.find(START, at)) >= 0:
            self._skip(buffer[at:start], found)
            end = start + AROUND + announced(buffer[start : start + HEAD]) if len(buffer) - start >= HEAD else None
            if end is not None and end - start <= AROUND + LONGEST_DATA and end <= len(buffer):
                at = self._judge(buffer[start:end], start, found)
            elif end is not None and end - start > AROUND + LONGEST_DATA:
                at = self._mislead(buffer, start, found, why=Fault.TOO_LONG)
            elif final:
                at = self._mislead(buffer, start, found, why=Fault.TRUNCATED)
            else:
                self._held = buffer[start:]
                return found
        tail = at if final else max(at, len(buffer) - buffer.endswith(START[:1]))
        self._skip(buffer[at:] if final else buffer[at:tail], found)
        self._held = b"" if final else buffer[tail:]
        return found

    def _judge(self, raw: bytes, start: int, found: list[Found | Refusal]) -> int:
        """Return where to go on: behind a packet, or behind the start of what is none."""
        packet = decode(raw)
        self._report(found)
        if isinstance(packet, Packet):
            found.append(Found(raw, packet))
            return start + len(raw)
        inner = raw.find(START, 1)
        piece = raw if inner < 0 else raw[:inner]
        found.append(Refusal(piece, packet.fault, packet.head))
        return start + len(piece)

    def _mislead(self, buffer: bytes, start: int, found: list[Found | Refusal], *, why: Fault) -> int:
        self._report(found)
        inner = buffer.find(START, start + 1)
        end = len(buffer) if inner < 0 else inner
        end = min(end, start + _PIECE)
        found.append(Refusal(buffer[start:end], why))
        return end

    def _skip(self, piece: bytes, found: list[Found | Refusal]) -> None:
        self._junk += piece
        while len(self._junk) >= _PIECE:
            found.append(Refusal(bytes(self._junk[:_PIECE]), Fault.NO_START))
            del self._junk[:_PIECE]

    def _report(self, found: list[Found | Refusal]) -> None:
        if self._junk:
            found.append(Refusal(bytes(self._junk), Fault.NO_START))
            self._junk.clear()
