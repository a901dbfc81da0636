"""Cuts a stream of bytes into frames, for protocols whose frames say how long they are: one Cutter for a connection.

What a frame looks like is the protocol's: it gives a pattern for the first bytes and a function that measures a frame.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.faults import Fault

_PIECE: Final = 1024  # so much rubbish, and at most once again as much, becomes one piece
MORE: Final = 0
"""What a measuring function returns while a frame is not complete."""


class Piece(NamedTuple):
    """A stretch of the stream, exactly as it came. fault: None for a whole frame."""

    raw: bytes
    fault: Fault | None = None


Measure = Callable[[bytes, int], "int | Fault"]
"""Takes the buffer and where a frame may begin; returns its length, MORE, or why it is none. It checks the sum, too."""


class Cutter:
    """Cuts a stream into frames, whatever the size of the pieces it arrives in.

    begin: matches the first bytes of a frame, and the beginning of these at the very end of the buffer.
    fillers: bytes that may stand between frames and mean nothing. longest: bytes of a frame that `measure` lets pass.
    Bounded: holds less than `longest` bytes of a frame and 1 KiB of rubbish beside what it is fed.
    After a failure it goes on one byte further, so a frame inside or behind a broken one is found.
    """

    def __init__(self, *, begin: re.Pattern[bytes], measure: Measure, longest: int, fillers: bytes = b"") -> None:
        self._begin, self._measure, self._longest, self._fillers = begin, measure, longest, fillers
        self._held = b""
        self._rubbish = bytearray()
        self._why: Fault | None = None

    @property
    def held(self) -> int:
        """Bytes held back: a frame that is not complete, and rubbish that is not reported yet."""
        return len(self._held) + len(self._rubbish)

    def feed(self, data: bytes) -> list[Piece]:
        """Take the next bytes; return what became complete, in the stream's order."""
        return self._cut(self._held + data, final=False)

    def settle(self) -> list[Piece]:
        """Report what is held: call it when the line closes or has been idle for the protocol's time-out."""
        found = self._cut(self._held, final=True)
        self._report(found)
        return found

    def _cut(self, buffer: bytes, *, final: bool) -> list[Piece]:
        found: list[Piece] = []
        at = 0
        while match := self._begin.search(buffer, at):
            begin = match.start()
            self._skip(buffer[at:begin], found)
            size = self._measure(buffer, begin)
            if size == MORE and not final:
                self._held = buffer[begin:]
                return found
            if isinstance(size, Fault) or size == MORE:
                self._why = self._why or (size if isinstance(size, Fault) else Fault.TRUNCATED)
                self._skip(buffer[begin : begin + 1], found)
                at = begin + 1
                continue
            self._report(found)
            at = begin + size
            found.append(Piece(buffer[begin:at]))
        self._skip(buffer[at:], found)
        self._held = b""
        return found

    def _skip(self, rubbish: bytes, found: list[Piece]) -> None:
        for begin in range(0, len(rubbish), _PIECE):
            self._rubbish += rubbish[begin : begin + _PIECE]
            if len(self._rubbish) >= _PIECE:
                self._report(found)

    def _report(self, found: list[Piece]) -> None:
        """Report the rubbish so far; fillers between frames are none."""
        if self._rubbish and (self._why or self._rubbish.strip(self._fillers)):
            found.append(Piece(bytes(self._rubbish), self._why or Fault.NO_START))
        self._rubbish.clear()
        self._why = None
