"""CBOR ↔ values, as devices use it: no tags are heeded, nothing but text and whole numbers as keys.

first byte: kind << 5 | length or value; 24–27: 1, 2, 4, 8 bytes follow; 31: until a break
"""

import struct
from typing import Final

Value = None | bool | int | float | str | bytes | list["Value"] | dict[str | int, "Value"]

MOST_ITEMS: Final = 100_000
DEEPEST: Final = 16
_FLOATS: Final = {25: ">e", 26: ">f", 27: ">d"}
_SIMPLE: Final[dict[int, bool | None]] = {20: False, 21: True, 22: None, 23: None}
_ENDLESS: Final = 31
_BREAK: Final = 0xFF


class NotCbor(ValueError):
    """The bytes are no CBOR, more than one item, or deeper and larger than is taken."""


def decode(data: bytes) -> Value:
    """Read one item.

    Raises: NotCbor.
    Source: RFC 8949, 3.
    """
    reader = _Reader(data)
    value = reader.item(0)
    if reader.at != len(data):
        raise NotCbor("something follows")
    return value


def encode(value: Value) -> bytes:
    """Write one item; floats with 64 bits. Source: RFC 8949, 3 and 4.2.1."""
    match value:
        case bytes():
            return _head(2, len(value)) + value
        case str():
            text = value.encode()
            return _head(3, len(text)) + text
        case list():
            return _head(4, len(value)) + b"".join(map(encode, value))
        case dict():
            return _head(5, len(value)) + b"".join(encode(key) + encode(item) for key, item in value.items())
    return _plain(value)


def _plain(value: int | float | None) -> bytes:
    match value:
        case None | bool():
            return bytes([{False: 0xF4, True: 0xF5, None: 0xF6}[value]])
        case int():
            return _head(1, -1 - value) if value < 0 else _head(0, value)
        case float():
            return b"\xfb" + struct.pack(">d", value)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = MOST_ITEMS
        self.at = 0

    def item(self, depth: int) -> Value:
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            raise NotCbor("too deep or too large")
        first = self._take(1)[0]
        kind, info = first >> 5, first & 0x1F
        if kind == 7:
            return self._simple(info)
        if kind == 6:
            self._number(info)
            return self.item(depth + 1)
        if info == _ENDLESS and kind > 1:
            return self._endless(kind, depth)
        return self._sized(kind, self._number(info), depth)

    def _sized(self, kind: int, length: int, depth: int) -> Value:
        if kind <= 1:
            return -1 - length if kind else length
        if kind == 4:
            return [self.item(depth + 1) for _ in range(self._bounded(length))]
        if kind == 5:
            return dict(self._pair(depth) for _ in range(self._bounded(length)))
        return _text(self._take(length)) if kind == 3 else self._take(length)

    def _endless(self, kind: int, depth: int) -> Value:
        if kind == 5:
            pairs: dict[str | int, Value] = {}
            while not self._ended():
                key, value = self._pair(depth)
                pairs[key] = value
            return pairs
        parts: list[Value] = []
        while not self._ended():
            parts.append(self.item(depth + 1))
        if kind == 4:
            return parts
        texts = [part for part in parts if isinstance(part, str)]
        blocks = [part for part in parts if isinstance(part, bytes)]
        if kind not in {2, 3} or len(texts if kind == 3 else blocks) != len(parts):
            raise NotCbor("a part of another kind")
        return "".join(texts) if kind == 3 else b"".join(blocks)

    def _pair(self, depth: int) -> tuple[str | int, Value]:
        key = self.item(depth + 1)
        if isinstance(key, bool) or not isinstance(key, str | int):
            raise NotCbor("a key that is neither text nor number")
        return key, self.item(depth + 1)

    def _simple(self, info: int) -> Value:
        if info in _SIMPLE:
            return _SIMPLE[info]
        form = _FLOATS.get(info)
        if form is None:
            raise NotCbor(f"simple value {info}")
        return float(struct.unpack(form, self._take(struct.calcsize(form)))[0])

    def _number(self, info: int) -> int:
        if info < 24:
            return info
        if info > 27:
            raise NotCbor(f"a length of kind {info}")
        return int.from_bytes(self._take(1 << info - 24), "big")

    def _bounded(self, length: int) -> int:
        if length > len(self._data):
            raise NotCbor("more items than bytes")
        return length

    def _ended(self) -> bool:
        if self._data[self.at : self.at + 1] == bytes([_BREAK]):
            self.at += 1
            return True
        return False

    def _take(self, length: int) -> bytes:
        found = self._data[self.at : self.at + length]
        if len(found) < length:
            raise NotCbor("it ends too early")
        self.at += length
        return found


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise NotCbor("a text that is not UTF-8") from None


def _head(kind: int, value: int) -> bytes:
    if value < 24:
        return bytes([kind << 5 | value])
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 1 << 8 * size:
            return bytes([kind << 5 | info]) + value.to_bytes(size, "big")
    raise NotCbor("a number above 64 bits")
