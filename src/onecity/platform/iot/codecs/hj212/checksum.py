"""The check code of HJ 212, which is not CRC-16/MODBUS, for one data segment and for thousands at once.

The standard's step for a byte b shifts the register right by eight *before* it adds the byte:

    register = rounds((register >> 8) ^ b)          eight rounds: shift right, add 0xA001 if a one fell out

So only the register's high byte lives on. With y = (register >> 8) ^ b the whole state is one byte, and

    y' = A(y) ^ b'        A(y) = rounds(y) >> 8     result = rounds(y after the last byte)

A is linear over GF(2), and A applied eight times is the identity. Hence a byte's share in the result depends only on
its distance to the end modulo eight: XOR the segment's eight-byte words, counted from its end, into one word, look up
eight bytes, and XOR those. The register's first value, 0xFFFF, is a 0xFF added to the first byte.

It is a weak check: it has only 256 values, so one in 256 random corruptions passes, and it does not see two eight-byte
words change places. Range and plausibility checks must not lean on it.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_START: Final = 0xFFFF
_POLYNOMIAL: Final = 0xA001
_PERIOD: Final = 8
_ROWS_AT_ONCE: Final = 1024  # keeps the work in the processor's cache, and the padding of one long segment small


def _rounds(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value


_TABLE: Final = tuple(_rounds(value) for value in range(256))


def _share_by_distance() -> NDArray[np.uint8]:
    """Return 8 × 256: what a byte adds to y, by its place in a word whose last byte is the segment's last."""
    share = np.empty((_PERIOD, 256), np.uint8)
    step = np.array([value >> 8 for value in _TABLE], np.uint8)
    share[_PERIOD - 1] = np.arange(256)
    for place in range(_PERIOD - 2, -1, -1):
        share[place] = step[share[place + 1]]
    return share


_SHARE: Final = _share_by_distance()
_SHARE_FLAT: Final = _SHARE.ravel()
_PLACES: Final = np.arange(_PERIOD, dtype=np.intp) * 256
# by length modulo eight: the share of 0xFF in the first byte's place
_START_SHARE: Final = np.array([_SHARE[-length % _PERIOD][0xFF] for length in range(_PERIOD)], np.uint8)
_SHARES: Final = [row.tobytes() for row in _SHARE]
_START_SHARES: Final = _START_SHARE.tobytes()
_RESULT: Final = np.array(_TABLE, np.uint16)

_WRITTEN = re.compile(rb"[0-9A-Fa-f]{4}")
_NIBBLES: Final = np.full(256, -1, np.int32)
for _digit in "0123456789abcdefABCDEF":
    _NIBBLES[ord(_digit)] = int(_digit, 16)


def crc16(segment: bytes) -> int:
    """Return the check code of one data segment.

    Source: HJ 212-2017, appendix A; the folding is derived in this module's docstring.
    """
    if not segment:
        return _START
    word, size = int.from_bytes(segment), len(segment)
    while size > _PERIOD:
        half = (size + 15) // 16 * _PERIOD
        word = word >> 8 * half ^ word & ((1 << 8 * half) - 1)
        size = half
    state = _START_SHARES[len(segment) % _PERIOD]
    for share, byte in zip(_SHARES, word.to_bytes(_PERIOD), strict=True):
        state ^= share[byte]
    return _TABLE[state]


def crc16_batch(segments: Sequence[bytes]) -> NDArray[np.uint16]:
    """Return the check codes of many data segments, in their order; equal to `crc16` of each.

    Source: HJ 212-2017, appendix A; the folding is derived in this module's docstring.
    """
    codes = np.empty(len(segments), np.uint16)
    for begin in range(0, len(segments), _ROWS_AT_ONCE):
        rows = segments[begin : begin + _ROWS_AT_ONCE]
        codes[begin : begin + len(rows)] = _fold(rows)
    return codes


def _fold(segments: Sequence[bytes]) -> NDArray[np.uint16]:
    lengths = np.fromiter(map(len, segments), np.intp, len(segments))
    width = max(-(-int(lengths.max()) // _PERIOD), 1) * _PERIOD
    padded = b"".join([segment.rjust(width, b"\0") for segment in segments])
    words = np.frombuffer(padded, np.uint64).reshape(len(segments), width // _PERIOD)
    folded = np.bitwise_xor.reduce(words, axis=1).view(np.uint8).reshape(len(segments), _PERIOD)
    state = np.bitwise_xor.reduce(_SHARE_FLAT[folded + _PLACES], axis=1) ^ _START_SHARE[lengths % _PERIOD]
    return np.where(lengths == 0, np.uint16(_START), _RESULT[state])


def crc_value(text: bytes) -> int:
    """Return the check code written as four hexadecimal characters, either case; -1 if it is anything else."""
    return int(text, 16) if _WRITTEN.fullmatch(text) else -1


def crc_values(texts: Sequence[bytes]) -> NDArray[np.int32]:
    """Return many written check codes, each of four bytes; -1 where the characters are not hexadecimal."""
    nibbles = _NIBBLES[np.frombuffer(b"".join(texts), np.uint8).reshape(len(texts), 4)]
    values = nibbles[:, 0] << 12 | nibbles[:, 1] << 8 | nibbles[:, 2] << 4 | nibbles[:, 3]
    return np.where((nibbles < 0).any(axis=1), np.int32(-1), values)


def crc_text(code: int) -> bytes:
    """Write a check code as four upper-case hexadecimal characters, high byte first."""
    return b"%04X" % code
