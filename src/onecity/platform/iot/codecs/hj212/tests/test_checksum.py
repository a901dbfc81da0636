"""The check code: the standard's value, the weakness that the folding uses, and one against many."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.hj212.checksum import crc16, crc16_batch, crc_text, crc_value, crc_values
from onecity.platform.iot.codecs.hj212.tests.vectors import RIGHT, WRONG, Vector


def bit_by_bit(segment: bytes) -> int:
    """HJ 212-2017, appendix A, as the standard tells it, without a table."""
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ byte
        for _ in range(8):
            register = (register >> 1) ^ 0xA001 if register & 1 else register >> 1
    return register


def test_check_value_is_not_that_of_modbus() -> None:
    assert crc16(b"123456789") == 0x2F80


@pytest.mark.parametrize("vector", RIGHT)
def test_published_code_is_computed(vector: Vector) -> None:
    assert crc16(vector.segment) == int(vector.crc, 16)


@pytest.mark.parametrize(("vector", "right"), WRONG)
def test_wrong_published_code_is_told(vector: Vector, right: int) -> None:
    assert crc16(vector.segment) == right != int(vector.crc, 16)


@given(st.binary(max_size=1100))
@example(b"")
@example(b"\0")
def test_folded_code_is_that_of_the_standard(segment: bytes) -> None:
    assert crc16(segment) == bit_by_bit(segment)


@given(st.lists(st.binary(max_size=60) | st.binary(min_size=900, max_size=1100), max_size=20))
@example([b""])
@example([b"", b"\0" * 9, b"x"])
def test_codes_of_many_are_those_of_each(segments: list[bytes]) -> None:
    codes = crc16_batch(segments)
    assert codes.dtype == np.uint16
    assert codes.tolist() == [bit_by_bit(segment) for segment in segments]


def test_codes_of_more_than_are_folded_at_once_keep_their_order() -> None:
    segments = [b"%d" % number for number in range(2500)]
    assert crc16_batch(segments).tolist() == [crc16(segment) for segment in segments]


@given(st.binary(min_size=1, max_size=40), st.data())
def test_eight_steps_lead_back(segment: bytes, data: st.DataObject) -> None:
    """The claim on which the folding rests: eight zero bytes leave the one byte that lives on as it was."""
    zeros = data.draw(st.integers(1, 5)) * 8
    assert bit_by_bit(segment + bytes(zeros)) == bit_by_bit(segment)


def test_code_has_only_256_values() -> None:
    assert len({bit_by_bit(bytes([first, second])) for first in range(256) for second in range(256)}) == 256


def test_code_does_not_see_words_change_places() -> None:
    assert crc16(b"a21026-R12345678") == crc16(b"12345678a21026-R")


@given(st.binary(min_size=1, max_size=300), st.data())
def test_code_sees_each_single_changed_byte(segment: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(segment) - 1))
    change = data.draw(st.integers(1, 255))
    changed = segment[:place] + bytes([segment[place] ^ change]) + segment[place + 1 :]
    assert crc16(changed) != crc16(segment)


@given(st.integers(0, 0xFFFF))
def test_written_code_is_read_in_either_case(code: int) -> None:
    assert crc_value(crc_text(code)) == crc_value(crc_text(code).lower()) == code


@given(st.binary(min_size=4, max_size=4))
def test_code_that_is_not_hexadecimal_is_told(text: bytes) -> None:
    expected = int(text, 16) if all(byte in b"0123456789abcdefABCDEF" for byte in text) else -1
    assert crc_value(text) == expected
    assert crc_values([b"1C80", text]).tolist() == [0x1C80, expected]


@pytest.mark.parametrize("text", [b"", b"1C8", b"1C800", b"+1C8", b"1_C8", b" 1C8"])
def test_code_of_other_than_four_digits_is_none(text: bytes) -> None:
    assert crc_value(text) == -1
