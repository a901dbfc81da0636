"""Binary COPY: every stream is cut where it was joined, and every value comes back."""

import struct
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.exchange.codecs.pgcopy.decoding import Column, decode
from onecity.platform.exchange.codecs.pgcopy.fields import Kind, integers
from onecity.platform.exchange.codecs.pgcopy.numerics import decimals, scaled, total
from onecity.platform.exchange.codecs.pgcopy.walking import HEADER, TRAILER, Torn, body_of, padded, walk
from onecity.platform.exchange.rules.hashing import PADDING

Fields = list[bytes | None]


def encoded(rows: list[Fields]) -> bytes:
    found = b""
    for row in rows:
        found += struct.pack(">h", len(row))
        for value in row:
            found += struct.pack(">i", -1) if value is None else struct.pack(">i", len(value)) + value
    return found


def fields_of(data: bytes, columns: int) -> tuple[list[Fields], int]:
    octets = padded(data)
    rows = walk(octets, size=len(data), columns=columns)
    found: list[Fields] = []
    for row in range(len(rows)):
        fields: Fields = []
        for column in range(columns):
            begin, length = int(rows.offsets[column, row]), int(rows.lengths[column, row])
            fields.append(None if length < 0 else octets[begin : begin + length].tobytes())
        found.append(fields)
    return found, int(rows.ends[-1]) if len(rows) else 0


# Values that look like the beginning of a row of two or three fields, beside any others.
values = (
    st.none()
    | st.binary(max_size=40)
    | st.sampled_from([b"\0\2\0\0\0\1", b"\0\3\0\0\0\0\0\0\0\0\0\0\0\0", b"\0\2" * 9])
)


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(values, min_size=n, max_size=n), min_size=1, max_size=30)))
def test_walking_finds_exactly_the_rows_that_were_written(rows: list[Fields]) -> None:
    data = encoded(rows)
    assert fields_of(data, len(rows[0])) == (rows, len(data))


@given(st.lists(st.lists(values, min_size=2, max_size=2), min_size=2, max_size=9), st.data())
def test_walking_stops_before_a_row_that_is_not_complete(rows: list[Fields], data: st.DataObject) -> None:
    whole = encoded(rows)
    last = len(encoded(rows[-1:]))
    cut = data.draw(st.integers(1, last))
    found, end = fields_of(whole[:-cut], 2)
    assert found == rows[:-1]
    assert end == len(whole) - last


def test_walking_stops_at_the_end_of_the_stream() -> None:
    data = encoded([[b"a", None]])
    assert fields_of(data + TRAILER, 2) == ([[b"a", None]], len(data))


def test_bytes_between_rows_are_torn() -> None:
    with pytest.raises(Torn):
        walk(padded(encoded([[b"a"]]) + b"??"), size=9, columns=1)


def test_a_negative_length_other_than_null_is_torn() -> None:
    data = encoded([[b"a"]]) + struct.pack(">hi", 1, -2)
    rows = walk(padded(data), size=len(data), columns=1)
    assert len(rows) == 1


def test_the_header_may_come_in_pieces() -> None:
    stream = HEADER[:-4] + struct.pack(">i", 3) + b"xyz" + TRAILER
    assert [body_of(stream[:length]) for length in (0, 11, 18, 21, 22)] == [None, None, None, None, 22]


def test_another_file_is_no_copy() -> None:
    with pytest.raises(Torn):
        body_of(b"PK\3\4 something else")


def numeric(text: str) -> bytes:
    """Write a numeric as the server does."""
    value = Decimal(text)
    if not value.is_finite():
        sign = {"NaN": 0xC000, "Infinity": 0xD000, "-Infinity": 0xF000}[text]
        return struct.pack(">hhHh", 0, 0, sign, 0)
    _, _, fraction = text.lstrip("-").partition(".")
    whole = text.lstrip("-").partition(".")[0].lstrip("0")
    whole = whole.zfill(-(-len(whole) // 4) * 4)
    tail = fraction + "0" * (-len(fraction) % 4)
    digits = [int((whole + tail)[place : place + 4]) for place in range(0, len(whole + tail), 4)]
    weight = len(whole) // 4 - 1
    while digits and digits[0] == 0:
        digits, weight = digits[1:], weight - 1
    while digits and digits[-1] == 0:
        digits = digits[:-1]
    sign = 0x4000 if text.startswith("-") and digits else 0
    head = struct.pack(">hhHh", len(digits), weight if digits else 0, sign, len(fraction))
    return head + struct.pack(f">{len(digits)}h", *digits)


def rows_of_numerics(texts: list[str | None]):  # type: ignore[no-untyped-def]  # as walk returns
    data = encoded([[None if text is None else numeric(text)] for text in texts])
    return walk(padded(data), size=len(data), columns=1)


amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**11), max_value=10**11, places=4)


@given(st.lists(st.none() | amounts.map(lambda value: format(value, "f")), min_size=1))
def test_numerics_are_read_as_scaled_whole_numbers(texts: list[str | None]) -> None:
    found = scaled(rows_of_numerics(texts), 0, scale=4)
    assert found is not None
    assert found.tolist() == [0 if text is None else int(Decimal(text).scaleb(4)) for text in texts]


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False).map(lambda value: format(value, "f")), min_size=1))
def test_numerics_of_any_size_are_read_exactly(texts: list[str]) -> None:
    short = [text for text in texts if len(text) < 400] or ["0"]
    found = decimals(rows_of_numerics(list(short)), 0)
    assert [format(value, "f") if value else "0" for value in found] == [
        format(Decimal(text), "f") if Decimal(text) else "0" for text in short
    ]


def test_numerics_that_are_no_numbers_are_not_scaled() -> None:
    rows = rows_of_numerics(["NaN", "Infinity", "-Infinity", "1"])
    assert scaled(rows, 0, scale=0) is None
    assert [str(value) for value in decimals(rows, 0)] == ["NaN", "Infinity", "-Infinity", "1"]


def test_numerics_with_more_places_than_asked_are_not_scaled() -> None:
    assert scaled(rows_of_numerics(["1.2345"]), 0, scale=2) is None


def test_totals_do_not_overflow() -> None:
    most = "9" * 14 + ".9999"
    assert total(rows_of_numerics([most] * 2000), 0, scale=4) == Decimal(most) * 2000


def test_totals_take_the_places_that_the_values_have() -> None:
    assert total(rows_of_numerics(["0.5", None, "1.25", "-3"]), 0, scale=None) == Decimal("-1.25")


def test_decimals_beyond_64_bits_become_arrow_decimals() -> None:
    rows = rows_of_numerics(["12345678901234567890.12", None])
    found = decode(rows, 0, Column("n", Kind.NUMERIC, precision=30, scale=2))
    assert found.to_pylist() == [Decimal("12345678901234567890.12"), None]


def test_decimals_without_precision_or_number_become_text() -> None:
    assert decode(rows_of_numerics(["1.50", None]), 0, Column("n", Kind.NUMERIC)).to_pylist() == ["1.50", None]
    special = decode(rows_of_numerics(["NaN"]), 0, Column("n", Kind.NUMERIC, precision=5, scale=1))
    assert special.to_pylist() == ["NaN"]


@given(st.lists(st.none() | st.text(max_size=30).filter(lambda text: "\0" not in text), min_size=1))
def test_texts_come_back(texts: list[str | None]) -> None:
    data = encoded([[None if text is None else text.encode()] for text in texts])
    rows = walk(padded(data), size=len(data), columns=1)
    assert decode(rows, 0, Column("t", Kind.TEXT)).to_pylist() == texts


def test_a_field_of_another_width_is_torn() -> None:
    data = encoded([[b"1234"]])
    with pytest.raises(Torn):
        integers(walk(padded(data), size=len(data), columns=1), 0, kind=Kind.INT8)


def test_rows_that_are_picked_share_the_buffer() -> None:
    data = encoded([[b"a"], [b"b"], [b"c"]])
    rows = walk(padded(data), size=len(data), columns=1)
    assert decode(rows.pick(np.array([2, 0])), 0, Column("t", Kind.TEXT)).to_pylist() == ["c", "a"]
    assert len(rows.octets) == len(data) + PADDING
