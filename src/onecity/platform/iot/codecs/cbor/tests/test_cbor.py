"""CBOR: the standard's examples, round trips, hostile bytes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.cbor import NotCbor, Value, decode, encode

# Source: RFC 8949, appendix A.
EXAMPLES: list[tuple[str, Value]] = [
    ("00", 0),
    ("17", 23),
    ("1818", 24),
    ("1903e8", 1000),
    ("1a000f4240", 1_000_000),
    ("1bffffffffffffffff", 2**64 - 1),
    ("20", -1),
    ("3863", -100),
    ("3bffffffffffffffff", -(2**64)),
    ("f90000", 0.0),
    ("f93e00", 1.5),
    ("f97bff", 65504.0),
    ("fa47c35000", 100000.0),
    ("fb3ff199999999999a", 1.1),
    ("f97c00", math.inf),
    ("f4", False),
    ("f5", True),
    ("f6", None),
    ("f7", None),
    ("c11a514b67b0", 1_363_896_240),
    ("4401020304", b"\x01\x02\x03\x04"),
    ("6449455446", "IETF"),
    ("62c3bc", "ü"),
    ("83010203", [1, 2, 3]),
    ("8301820203820405", [1, [2, 3], [4, 5]]),
    ("a201020304", {1: 2, 3: 4}),
    ("a26161016162820203", {"a": 1, "b": [2, 3]}),
    ("5f42010243030405ff", b"\x01\x02\x03\x04\x05"),
    ("7f657374726561646d696e67ff", "streaming"),
    ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
    ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
]


@pytest.mark.parametrize(("data", "value"), EXAMPLES, ids=[data for data, _ in EXAMPLES])
def test_standards_examples_are_read(data: str, value: Value) -> None:
    assert decode(bytes.fromhex(data)) == value


@pytest.mark.parametrize(
    "data",
    [
        "00",
        "17",
        "1818",
        "1903e8",
        "1a000f4240",
        "1bffffffffffffffff",
        "20",
        "3863",
        "f4",
        "f5",
        "f6",
        "4401020304",
        "6449455446",
        "83010203",
        "a201020304",
        "fb3ff199999999999a",
    ],
)
def test_standards_examples_are_written(data: str) -> None:
    assert encode(decode(bytes.fromhex(data))).hex() == data


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("", "too early"),
        ("18", "too early"),
        ("0000", "follows"),
        ("62c328", "UTF-8"),
        ("1c", "kind 28"),
        ("1f", "kind 31"),
        ("f8ff", "simple value 24"),
        ("9a7fffffff", "more items than bytes"),
        ("a1f501", "neither text nor number"),
        ("7f4101ff", "another kind"),
        ("dfff", "kind 31"),
        ("81" * 17 + "00", "too deep"),
    ],
)
def test_spoilt_items_are_refused(data: str, said: str) -> None:
    with pytest.raises(NotCbor, match=said):
        decode(bytes.fromhex(data))


def test_number_above_64_bits_is_not_written() -> None:
    with pytest.raises(NotCbor):
        encode(2**64)


_leaves = (
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary()
)
_values = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(0, 99), inner, max_size=4),
    max_leaves=20,
)


@given(_values)
def test_what_was_written_is_read(value: Value) -> None:
    assert decode(encode(value)) == value


@given(st.binary(max_size=100))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        decode(data)
    except NotCbor:
        return
