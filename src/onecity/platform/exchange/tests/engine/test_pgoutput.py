"""Replication's messages: recorded forms are read, others are errors."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.exchange.codecs.pgoutput import (
    BadMessage,
    Begin,
    Change,
    Commit,
    Gap,
    Relation,
    Truncate,
    lsn,
    lsn_text,
    message,
)


def row(*values: str | Gap | None) -> bytes:
    found = struct.pack(">h", len(values))
    for value in values:
        if isinstance(value, str):
            found += b"t" + struct.pack(">i", len(value.encode())) + value.encode()
        else:
            found += b"n" if value is None else b"u"
    return found


def test_transactions_tell_where_they_are() -> None:
    assert message(b"B" + struct.pack(">qqi", 300, 0, 7)) == Begin(300)
    assert message(b"C\0" + struct.pack(">qqq", 300, 348, 0)) == Commit(348)


def test_relations_tell_their_columns_and_key() -> None:
    data = b"R" + struct.pack(">i", 9) + b"public\0people\0d" + struct.pack(">h", 2)
    data += b"\1id\0" + struct.pack(">ii", 20, -1) + "\0姓名\0".encode() + struct.pack(">ii", 25, -1)
    assert message(data) == Relation(9, "public", "people", ("id", "姓名"), frozenset({"id"}))


def test_rows_tell_nulls_texts_and_gaps() -> None:
    head = struct.pack(">i", 9)
    assert message(b"I" + head + b"N" + row("1", "王")) == Change(9, None, ("1", "王"), inserted=True)
    assert message(b"U" + head + b"N" + row("1", Gap.UNCHANGED)) == Change(9, None, ("1", Gap.UNCHANGED))
    assert message(b"U" + head + b"K" + row("1", None) + b"N" + row("2", "a")) == Change(9, ("1", None), ("2", "a"))
    assert message(b"D" + head + b"O" + row("1", "a")) == Change(9, ("1", "a"), None)


def test_truncation_names_its_tables() -> None:
    assert message(b"T" + struct.pack(">ibii", 2, 0, 9, 10)) == Truncate((9, 10))


def test_messages_that_say_nothing_about_rows_are_passed_over() -> None:
    assert message(b"Oxyz") is None
    assert message(b"M") is None


@given(st.binary(max_size=60))
def test_anything_is_a_message_or_an_error(data: bytes) -> None:
    with contextlib.suppress(BadMessage):
        message(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"Z", b"B\0", b"I\0\0\0\x09X", b"I\0\0\0\x09N\0\1b", b"I\0\0\0\x09N\0\1t\0\0\0\x09a", b"R\0\0\0\x09public"],
)
def test_torn_messages_are_errors(data: bytes) -> None:
    with pytest.raises(BadMessage):
        message(data)


@given(st.integers(0, 2**64 - 1))
def test_sequence_numbers_are_written_as_they_are_read(number: int) -> None:
    assert lsn(lsn_text(number)) == number
