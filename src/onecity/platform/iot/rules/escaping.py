"""Bytes as text that people can read, change and give back without a byte lost.

Line ends keep their place: CR and LF are written `\\r` and `\\n`, a backslash `\\\\`, every byte that is no printable
ASCII `\\xNN`. Chinese in UTF-8 stays readable.
"""

import re
from typing import Final

_NAMED: Final = {"\r": "\\r", "\n": "\\n", "\t": "\\t", "\\": "\\\\"}
_MEANT: Final = {escape[1]: plain for plain, escape in _NAMED.items()}
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|([rnt\\]))|\\")


class NotEscaped(ValueError):
    """A backslash begins nothing known. place: from 0."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def escaped(raw: bytes) -> str:
    """Return bytes as text; `unescaped` gives the same bytes back."""
    text = raw.decode("utf-8", "surrogateescape")
    return "".join(_NAMED.get(char) or _plain(char) for char in text)


def unescaped(text: str) -> bytes:
    """Return the bytes that a text stands for. Line ends and tabs of the text itself stand for themselves.

    Raises: NotEscaped.
    """
    parts: list[bytes] = []
    done = 0
    for match in _ESCAPE.finditer(text):
        parts.append(text[done : match.start()].encode("utf-8"))
        parts.append(_bytes_of(match))
        done = match.end()
    parts.append(text[done:].encode("utf-8"))
    return b"".join(parts)


def _bytes_of(match: re.Match[str]) -> bytes:
    digits, name = match.groups()
    if digits:
        return bytes.fromhex(digits)
    if not name:
        raise NotEscaped(match.start())
    return _MEANT[name].encode()


def _plain(char: str) -> str:
    if char.isprintable():
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))
