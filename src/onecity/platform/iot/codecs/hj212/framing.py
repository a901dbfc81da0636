"""Finds packets in a stream of bytes: one Framer for each connection.

    ##  0101  QN=20160801085857223;ST=32;…;CP=&&…&&  1C80  CR LF
    |   |     |                                      |     |
    2   4     0..longest bytes (the data segment)    4     2      total 12 + length

Nothing here looks into the data segment; the CRC is checked by whoever decodes.
"""

import re
from typing import Final, NamedTuple

from onecity.platform.iot.codecs.hj212.checksum import crc16, crc_value
from onecity.platform.iot.codecs.hj212.reasons import BadFrame, Reason

LONGEST_SEGMENT: Final = 1024
"""Bytes. Source: HJ 212-2017, 6 (通讯包结构)."""

_HEADER = re.compile(rb"##[0-9]{4}")
_HEADER_BEGUN = re.compile(rb"#(?:#[0-9]{0,3})?\Z")
_HEADER_SIZE = 6
_CRC_SIZE = 4
_JUNK_PIECE = 1024  # a flood of rubbish becomes one BadFrame for each of these
_SMALLEST_SUSPECT = 64  # shorter failures in a row are told as one: no packet of the standard is as short
_WAIT = -1
_NO_TAIL = -2


class Frame(NamedTuple):
    """One packet whose outer form is right; a tuple because a gateway makes tens of thousands a second.

    segment: the data segment. crc: four bytes as sent, not yet checked. tail: CR LF, or what was there of it.
    """

    segment: bytes
    crc: bytes
    tail: bytes = b"\r\n"

    @property
    def raw(self) -> bytes:
        """The packet exactly as it came."""
        return b"##%04d%b%b%b" % (len(self.segment), self.segment, self.crc, self.tail)


def _short_tail(buffer: bytes, crc_end: int, *, final: bool) -> int:
    """Return how many bytes of a lacking CR LF stand after a CRC; _WAIT while that is open, _NO_TAIL if it is none.

    Some senders leave out CR, LF or both: that is accepted if the next header follows at once, or if nothing follows
    (`final`).
    """
    after = buffer[crc_end : crc_end + 3]
    begun = after[:1] in (b"\r", b"\n")
    if after[begun : begun + 2] == b"##":
        return int(begun)
    if after[begun:] in (b"", b"#") and crc_end + len(after) == len(buffer):
        return int(begun) if final else _WAIT
    return _NO_TAIL


class Framer:
    """Cuts a stream into packets, whatever the size of the pieces it arrives in.

    Bounded: holds at most `longest` + 12 bytes and one piece (1 KiB) of rubbish. Linear: each byte is looked at a
    bounded number of times however the stream is cut. After a failure it drops the two bytes `##` and looks for the
    next header, so a packet that follows a broken one is found.
    """

    def __init__(self, *, longest: int = LONGEST_SEGMENT) -> None:
        self._longest = longest
        self._pieces: list[bytes] = []
        self._held = 0
        self._need = 1
        self._junk = bytearray()
        self._why: Reason | None = None

    @property
    def held(self) -> int:
        """Bytes held back: a packet that is not complete yet, and rubbish that is not reported yet."""
        return self._held + len(self._junk)

    def feed(self, data: bytes) -> list[Frame | BadFrame]:
        """Take the next bytes of the stream; return what became complete, in the stream's order."""
        if data:
            self._pieces.append(data)
            self._held += len(data)
        if self._held < self._need:
            return []
        return self._scan(b"".join(self._pieces), final=False)

    def settle(self) -> list[Frame | BadFrame]:
        """Report what is held: call it when the connection closes or has been idle for the protocol's time-out.

        A packet that lacks only CR LF is accepted; an unfinished one becomes a BadFrame.
        """
        found = self._scan(b"".join(self._pieces), final=True)
        self._report_junk(found)
        return found

    def _scan(self, buffer: bytes, *, final: bool) -> list[Frame | BadFrame]:
        found: list[Frame | BadFrame] = []
        at = 0
        need = 0
        while match := _HEADER.search(buffer, at):
            start = match.start()
            if start > at:
                self._skip(buffer[at:start], found)
            end = start + _HEADER_SIZE + int(buffer[start + 2 : start + _HEADER_SIZE])
            tail = self._judge(buffer, start=start, end=end, final=final)
            if isinstance(tail, Reason):
                self._suspect(buffer[start : start + 2], tail, found)
                at = start + 2
            elif tail >= 0:
                self._report_junk(found)
                crc_end = end + _CRC_SIZE
                at = crc_end + tail
                found.append(Frame(buffer[start + _HEADER_SIZE : end], buffer[end:crc_end], buffer[crc_end:at]))
            else:
                at = start
                need = max(end + _CRC_SIZE + 2, len(buffer) + 1) - start
                break
        else:
            at = self._skip_to_last_header(buffer, at, final=final, found=found)
        self._keep(buffer[at:], need=need)
        return found

    def _keep(self, rest: bytes, *, need: int) -> None:
        self._pieces = [rest] if rest else []
        self._held = len(rest)
        self._need = need or len(rest) + 1

    def _judge(self, buffer: bytes, *, start: int, end: int, final: bool) -> int | Reason:
        """Return how many bytes of CR LF follow the CRC, _WAIT while that is open, or why this is no packet."""
        crc_end = end + _CRC_SIZE
        if end - start - _HEADER_SIZE > self._longest:
            return Reason.TOO_LONG
        if len(buffer) < crc_end:
            return Reason.TRUNCATED if final else _WAIT
        tail = 2 if buffer.startswith(b"\r\n", crc_end) else _short_tail(buffer, crc_end, final=final)
        if tail == _NO_TAIL:
            return Reason.NO_TAIL
        if tail >= 0 and buffer.find(b"#", start + _HEADER_SIZE, end) >= 0:
            # A torn packet can swallow whole ones that follow it and end with the last one's tail: the CRC tells.
            segment = buffer[start + _HEADER_SIZE : end]
            return tail if crc_value(buffer[end:crc_end]) == crc16(segment) else Reason.CRC_MISMATCH
        return tail

    def _suspect(self, header: bytes, reason: Reason, found: list[Frame | BadFrame]) -> None:
        """Begin a new stretch of rubbish at a header that led nowhere."""
        if len(self._junk) >= _SMALLEST_SUSPECT:
            self._report_junk(found)
        self._why = self._why or reason
        self._skip(header, found)

    def _skip_to_last_header(self, buffer: bytes, at: int, *, final: bool, found: list[Frame | BadFrame]) -> int:
        """Put aside everything but the beginning of a header at the very end; return where that begins."""
        begun = None if final else _HEADER_BEGUN.search(buffer, max(at, len(buffer) - _HEADER_SIZE + 1))
        keep = begun.start() if begun else len(buffer)
        self._skip(buffer[at:keep], found)
        return keep

    def _skip(self, rubbish: bytes, found: list[Frame | BadFrame]) -> None:
        for begin in range(0, len(rubbish), _JUNK_PIECE):
            self._junk += rubbish[begin : begin + _JUNK_PIECE]
            if len(self._junk) >= _JUNK_PIECE:
                found.append(BadFrame(bytes(self._junk[:_JUNK_PIECE]), self._reason()))
                del self._junk[:_JUNK_PIECE]

    def _report_junk(self, found: list[Frame | BadFrame]) -> None:
        """Report the rubbish so far; line ends and blanks between packets are no rubbish."""
        if self._junk:
            if self._junk.strip(b"\r\n \t"):
                found.append(BadFrame(bytes(self._junk), self._reason()))
            self._junk.clear()
        self._why = None

    def _reason(self) -> Reason:
        if self._why is not None:
            return self._why
        return Reason.NO_LENGTH if b"##" in self._junk else Reason.NO_HEADER
