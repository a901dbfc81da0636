"""Conditions, signatures, pauses, packed readings, events."""

import hashlib
import hmac
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.contracts.subscriptions import EventFilter, event_filter
from onecity.platform.iot.rules.subscribing.envelopes import envelope, event_id, place_of
from onecity.platform.iot.rules.subscribing.expression import LONGEST, NotACondition, condition
from onecity.platform.iot.rules.subscribing.packing import NEWEST, pack, unpack
from onecity.platform.iot.rules.subscribing.pauses import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    OPEN_AFTER,
    OPEN_PAUSE_S,
    fate,
    is_open,
    pause_s,
)
from onecity.platform.iot.rules.subscribing.signing import TOLERANCE_S, is_signed, new_secret, signature

VALUES = np.array([-40.0, 0.0, 35.0, 36.0, 150.0, 151.0, np.nan])


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("value > 35", {36.0, 150.0, 151.0}),
        ("value >= 35 and value < 150", {35.0, 36.0}),
        ("35 < value <= 150", {36.0, 150.0}),
        ("value < 0 or value > 150", {-40.0, 151.0}),
        ("value > 150 or value > 35 and value < 150", {36.0, 151.0}),
        ("(value > 150 or value > 35) and value < 150", {36.0}),
        ("abs(value) >= 36", {-40.0, 36.0, 150.0, 151.0}),
        ("value == 35.0", {35.0}),
        ("value <= -4e1", {-40.0}),
        ("-value > 0", {-40.0}),
        ("NOT (value >= 0) and value < 0", {-40.0}),
        ("not not value > 150", {151.0}),
    ],
)
def test_condition_holds_for(text: str, fits: set[float]) -> None:
    assert set(VALUES[condition(text)(VALUES)].tolist()) == fits


def test_no_value_fulfils_nothing_but_being_different() -> None:
    nothing = np.array([np.nan])
    assert not condition("value > 0 or value <= 0 or value == 0")(nothing).any()
    assert condition("value != 0")(nothing).all()


def test_condition_without_value_is_one_truth_for_all() -> None:
    assert condition("1 < 2")(VALUES).all()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", 1),
        ("value", 6),
        ("value >", 8),
        ("value = 3", 7),
        ("value > 3 3", 11),
        ("value > 3)", 10),
        ("(value > 3", 11),
        ("temperature > 3", 1),
        ("abs(3) > 2", 5),
        ("abs value", 5),
        ("value > 3 and", 14),
        ("value > __import__('os')", 20),
        ("(" * 40 + "value>3" + ")" * 40, 17),
        ("value > 3" + " " * LONGEST + "or value < 1", LONGEST + 1),
    ],
)
def test_what_is_no_condition_is_refused_at_its_place(text: str, place: int) -> None:
    with pytest.raises(NotACondition) as refused:
        condition(text)
    assert refused.value.params["place"] == place


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    try:
        found = condition(text)
    except NotACondition:
        return
    assert found(VALUES).shape == VALUES.shape


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_condition_compares_as_python_does(limit: float) -> None:
    found = condition(f"value >= {limit!r}" if "e" not in repr(limit) else "value >= 0")
    expected = limit if "e" not in repr(limit) else 0.0
    assert found(VALUES).tolist() == [value >= expected for value in VALUES]


def test_signature_is_over_time_and_body() -> None:
    header = signature(["secret"], timestamp=1773115200, body=b"[]")
    sha = hmac.new(b"secret", b"1773115200.[]", hashlib.sha256).hexdigest()
    assert header.split(",")[1] == f"sha256={sha}"
    assert header.split(",")[0].startswith("sm3=")
    assert len(header.split(",")[0]) == 4 + 64


def test_signature_of_two_secrets_proves_either() -> None:
    header = signature(["new", "old"], timestamp=100, body=b"x")
    for secret in ("new", "old"):
        assert is_signed(header, secret=secret, timestamp="100", body=b"x", now=100)
    assert not is_signed(header, secret="other", timestamp="100", body=b"x", now=100)


@pytest.mark.parametrize("algorithm", ["sm3", "sha256"])
def test_one_hash_alone_is_proof(algorithm: str) -> None:
    parts = dict(part.split("=") for part in signature(["s"], timestamp=100, body=b"x").split(","))
    assert is_signed(f"{algorithm}={parts[algorithm]}", secret="s", timestamp="100", body=b"x", now=100)


@pytest.mark.parametrize(
    ("timestamp", "body", "now"),
    [
        ("100", b"y", 100.0),
        ("101", b"x", 101.0),
        ("100", b"x", 101.0 + TOLERANCE_S),
        ("-100", b"x", 100.0),
        ("", b"x", 0.0),
    ],
)
def test_forged_or_old_batch_is_not_signed(timestamp: str, body: bytes, now: float) -> None:
    header = signature(["s"], timestamp=100, body=b"x")
    assert not is_signed(header, secret="s", timestamp=timestamp, body=body, now=now)


def test_secrets_are_long_and_never_the_same() -> None:
    assert len({new_secret() for _ in range(20)}) == 20
    assert all(len(new_secret()) >= 40 for _ in range(3))


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, "taken"), (204, "taken"), (301, "refused"), (302, "refused"), (400, "refused"), (401, "refused"),
     (408, "away"), (410, "refused"), (425, "away"), (429, "away"), (500, "refused"), (502, "away"), (503, "away"),
     (504, "away"), (0, "away"), (101, "refused")],
)  # fmt: skip
def test_fate_of_a_status(status: int, expected: str) -> None:
    assert fate(status) == expected


def test_pauses_double_then_the_circuit_opens_and_they_grow_to_the_longest() -> None:
    assert [pause_s(number) for number in range(1, OPEN_AFTER)] == [FIRST_PAUSE_S * 2**power for power in range(4)]
    assert [is_open(OPEN_AFTER - 1), is_open(OPEN_AFTER)] == [False, True]
    assert pause_s(OPEN_AFTER) == OPEN_PAUSE_S
    assert pause_s(OPEN_AFTER + 1) == 2 * OPEN_PAUSE_S
    assert pause_s(OPEN_AFTER + 30) == LONGEST_PAUSE_S


def test_receiver_may_ask_for_a_longer_pause_within_bounds() -> None:
    assert pause_s(1, asked_s=30) == 30
    assert pause_s(1, asked_s=9_999) == LONGEST_PAUSE_S
    assert pause_s(3, asked_s=1) == 4 * FIRST_PAUSE_S


@given(st.lists(st.tuples(st.integers(1, 2**31 - 1), st.integers(-(2**62), 2**62), st.floats(), st.booleans())))
def test_packed_readings_come_back(rows: list[tuple[int, int, float, bool]]) -> None:
    data = pack(
        np.array([row[0] for row in rows], np.int32),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
        quality=np.full(len(rows), ord("N"), np.uint8),
        newest=np.array([row[3] for row in rows], np.bool_),
    )
    back = unpack(data)
    assert back["datastream"].tolist() == [row[0] for row in rows]
    assert back["at"].tolist() == [row[1] for row in rows]
    assert np.array_equal(back["result"], np.array([row[2] for row in rows], np.float64), equal_nan=True)
    assert [mark >= NEWEST for mark in back["marks"].tolist()] == [row[3] for row in rows]
    assert all(chr(mark % NEWEST) == "N" for mark in back["marks"].tolist())


@given(st.integers(0, 2**62), st.integers(0, 2**31 - 1))
def test_event_ids_come_back(position: int, place: int) -> None:
    assert place_of(event_id(position, place)) == (position, place)


@pytest.mark.parametrize("text", ["", "5", "5.", ".5", "5.a", "-1.0", "1.0.0", "٣.1", "1" * 40 + ".1"])
def test_what_is_no_event_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        place_of(text)


def test_event_is_a_cloud_event() -> None:
    at = datetime(2026, 3, 10, 4, tzinfo=UTC)
    event = envelope("readings", number="8.1", subject="K1", at=at, data={"value": 1.0})
    assert event == {
        "specversion": "1.0", "id": "8.1", "source": "/iot", "type": "onecity.iot.reading", "subject": "K1",
        "time": "2026-03-10T04:00:00Z", "datacontenttype": "application/json", "data": {"value": 1.0},
    }  # fmt: skip
    assert "subject" not in envelope("sample", number="8.1", subject="", at=at, data={})


def test_filter_comes_back_from_its_stored_form() -> None:
    asked = EventFilter(types=("a.b",), groups=(3,), condition="value > 3")
    assert event_filter(asked.plain()) == asked
    assert event_filter({"types": ["a.b"], "unknown": 1}) == EventFilter(types=("a.b",))
    assert EventFilter().plain() == {}
