"""What a Modbus device answers, written from the standard's text: TCP frames, and RTU as serial servers pass it on.

transaction 2 │ 0 0 │ length 2 │ unit │ function │ …      TCP
                                 unit │ function │ … │ CRC 2   RTU
"""

from dataclasses import dataclass, field

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3


@dataclass(slots=True)
class Bank:
    """A device's tables. What is not in them does not exist. writable: holding registers that take other values."""

    coils: dict[int, int] = field(default_factory=dict)
    inputs: dict[int, int] = field(default_factory=dict)
    holding: dict[int, int] = field(default_factory=dict)
    input_registers: dict[int, int] = field(default_factory=dict)


def crc16(data: bytes) -> bytes:
    """Return the check of an RTU frame, low byte first. Source: Modbus over Serial Line V1.02, 6.2.2."""
    register = 0xFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ 0xA001 if register & 1 else register >> 1
    return bytes([register & 0xFF, register >> 8])


def answer_tcp(frame: bytes, banks: dict[int, Bank]) -> bytes:
    """Return the answer to a whole TCP frame; nothing for a unit that is not there."""
    bank = banks.get(frame[6])
    if bank is None:
        return b""
    body = answer(frame[7:], bank)
    return frame[:4] + (len(body) + 1).to_bytes(2, "big") + frame[6:7] + body


def answer_rtu(frame: bytes, banks: dict[int, Bank]) -> bytes:
    """Return the answer to a whole RTU frame; nothing for a wrong check or a unit that is not there."""
    bank = banks.get(frame[0])
    if bank is None or crc16(frame[:-2]) != frame[-2:]:
        return b""
    body = frame[:1] + answer(frame[1:-2], bank)
    return body + crc16(body)


def answer(asked: bytes, bank: Bank) -> bytes:
    """Return the answer to a request, function code first. Source: Modbus Application Protocol V1.1b3, 6 and 7."""
    code, address = asked[0], int.from_bytes(asked[1:3], "big")
    readable = {1: bank.coils, 2: bank.inputs, 3: bank.holding, 4: bank.input_registers}
    if code in readable:
        return _read(asked, address, readable[code])
    if code == 16:
        return _write_many(asked, address, bank)
    if code in {5, 6}:
        return _write(asked, address, bank.coils if code == 5 else bank.holding)
    return bytes([code | 0x80, ILLEGAL_FUNCTION])


def _read(asked: bytes, address: int, table: dict[int, int]) -> bytes:
    code, count = asked[0], int.from_bytes(asked[3:5], "big")
    if not 0 < count <= (2000 if code < 3 else 125):
        return bytes([code | 0x80, ILLEGAL_VALUE])
    if any(place not in table for place in range(address, address + count)):
        return bytes([code | 0x80, ILLEGAL_ADDRESS])
    found = [table[place] for place in range(address, address + count)]
    data = _bits(found) if code < 3 else b"".join(value.to_bytes(2, "big") for value in found)
    return bytes([code, len(data)]) + data


def _write(asked: bytes, address: int, table: dict[int, int]) -> bytes:
    if address not in table:
        return bytes([asked[0] | 0x80, ILLEGAL_ADDRESS])
    value = int.from_bytes(asked[3:5], "big")
    table[address] = int(value == 0xFF00) if asked[0] == 5 else value
    return asked


def _write_many(asked: bytes, address: int, bank: Bank) -> bytes:
    count = int.from_bytes(asked[3:5], "big")
    if any(place not in bank.holding for place in range(address, address + count)):
        return bytes([asked[0] | 0x80, ILLEGAL_ADDRESS])
    for place in range(count):
        bank.holding[address + place] = int.from_bytes(asked[6 + 2 * place : 8 + 2 * place], "big")
    return asked[:5]


def _bits(values: list[int]) -> bytes:
    data = bytearray((len(values) + 7) // 8)
    for place, value in enumerate(values):
        data[place // 8] |= value << place % 8
    return bytes(data)
