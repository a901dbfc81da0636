"""Sending a file in ranges.

Source: IETF RFC 9110, 14.1.2 (byte ranges), 14.4 (Content-Range), 15.5.17 (416).
"""

import re
from collections.abc import Callable, Iterator
from typing import IO, Final

_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
BLOCK: Final = 256 * 1024


class BadRange(Exception):
    """No byte of the file lies in the range."""


def range_of(header: str, *, size: int) -> tuple[int, int]:
    """Return where a range begins and where it ends (exclusive); the whole file for what is no single byte range.

    Raises: BadRange.
    """
    found = _RANGE.fullmatch(header.strip())
    if not found or found.group(1) == found.group(2) == "":
        return 0, size
    first, last = found.groups()
    if not first:
        count = int(last)
        if count == 0:
            raise BadRange
        return max(0, size - count), size
    begin = int(first)
    end = min(size, int(last) + 1) if last else size
    if last and int(last) < begin:
        return 0, size
    if begin >= size:
        raise BadRange
    return begin, end


def blocks(file: IO[bytes], *, begin: int, end: int, sent: Callable[[int], None]) -> Iterator[bytes]:
    """Yield a file's bytes from `begin` to `end`, block by block; `sent` is told how many went out, also after a break.

    The file is closed at the end.
    """
    count = 0
    try:
        file.seek(begin)
        while count < end - begin:
            block = file.read(min(BLOCK, end - begin - count))
            if not block:
                break
            count += len(block)
            yield block
    finally:
        file.close()
        sent(count)
