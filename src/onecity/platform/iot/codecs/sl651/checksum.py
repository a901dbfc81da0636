"""The check code of SL 651: CRC-16 with the polynomial 8005H reflected, started full, sent high byte first."""

from typing import Final

_POLYNOMIAL: Final = 0xA001
_START: Final = 0xFFFF


def _entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value


_TABLE: Final = tuple(_entry(value) for value in range(256))


def crc16(data: bytes) -> int:
    """Return the check code of a frame, from its first byte to the end character.

    Source: SL 651-2014, 6.2 (校验码).
    """
    register = _START
    for byte in data:
        register = register >> 8 ^ _TABLE[(register ^ byte) & 0xFF]
    return register
