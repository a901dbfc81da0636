"""ThingsBoard's topics and bodies as its reference pages show them, and hostile ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.telemetry import Point
from onecity.platform.iot.codecs.thingsboard import (
    AttributesAsked,
    Matter,
    NotThingsBoard,
    Topic,
    answer_of,
    asked_of,
    attributes_of,
    call_of,
    gateway_answer,
    gateway_device,
    gateway_points,
    may_subscribe,
    points_of,
    rpc_request,
    topic_of,
)

SOME_MS = 1_451_649_600_512


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("v1/devices/me/telemetry", Topic(Matter.TELEMETRY)),
        ("v2/t", Topic(Matter.TELEMETRY, short=True)),
        ("v1/devices/me/attributes", Topic(Matter.ATTRIBUTES)),
        ("v1/devices/me/attributes/request/1", Topic(Matter.ATTRIBUTES_ASKED, 1)),
        ("v2/a/req/1", Topic(Matter.ATTRIBUTES_ASKED, 1, short=True)),
        ("v1/devices/me/rpc/response/42", Topic(Matter.ANSWER, 42)),
        ("v1/devices/me/rpc/request/42", Topic(Matter.CALL, 42)),
        ("v1/devices/me/claim", Topic(Matter.CLAIM)),
        ("v1/gateway/telemetry", Topic(Matter.GATEWAY_TELEMETRY)),
        ("v1/gateway/rpc", Topic(Matter.GATEWAY_ANSWER)),
        ("v1/devices/me/rpc/response/x", None),
        ("v1/devices/me/rpc/response/99999999999", None),
        ("v1/devices/you/telemetry", None),
        ("", None),
    ],
)
def test_topics_of_the_reference_are_known(name: str, topic: Topic | None) -> None:
    assert topic_of(name) == topic


@pytest.mark.parametrize(
    ("pattern", "granted"),
    [
        ("v1/devices/me/rpc/request/+", True),
        ("v1/devices/me/rpc/request/7", True),
        ("v1/devices/me/attributes", True),
        ("v1/gateway/rpc", True),
        ("v1/devices/me/+", False),
        ("#", False),
    ],
)
def test_filters_of_devices_are_granted(pattern: str, granted: bool) -> None:  # parameter
    assert may_subscribe(pattern) is granted


@pytest.mark.parametrize(
    ("body", "points"),
    [
        (b'{"key1": 2, "key2": true}', [Point({"key1": 2.0, "key2": True})]),
        (b'[{"key1": 1}, {"key2": 0.5}]', [Point({"key1": 1.0}), Point({"key2": 0.5})]),
        (b'{"ts": 1451649600512, "values": {"key1": 1}}', [Point({"key1": 1.0}, SOME_MS)]),
        (b'[{"ts": 1451649600512, "values": {"key1": 1}}]', [Point({"key1": 1.0}, SOME_MS)]),
        (b'{"ts": 5, "key1": 1}', [Point({"ts": 5.0, "key1": 1.0})]),
        (b'{"json": {"a": 1}, "key1": 1}', [Point({"key1": 1.0})]),
    ],
)
def test_every_form_of_telemetry_is_read(body: bytes, points: list[Point]) -> None:
    assert points_of(body) == (points, {})


def test_texts_are_told_apart_from_numbers() -> None:
    assert points_of(b'{"mode": "auto", "level": 3}') == ([Point({"level": 3.0})], {"mode": "auto"})
    assert points_of(b'{"mode": "auto"}') == ([], {"mode": "auto"})


def test_gateways_body_is_read_by_device() -> None:
    body = b'{"A": [{"ts": 1451649600512, "values": {"t": 42}}], "B": [{"t": 1}]}'
    assert gateway_points(body) == {"A": ([Point({"t": 42.0}, SOME_MS)], {}), "B": ([Point({"t": 1.0})], {})}
    assert gateway_device(b'{"device": "A"}') == "A"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "not_json"),
        (b"[1]", "not_json"),
        (b"[]", "no_values"),
        (b'{"a": {"b": 1}}', "no_values"),
        (b'{"ts": "now", "values": {"a": 1}}', "bad_time"),
        (b'{"ts": 99999999999999999, "values": {"a": 1}}', "bad_time"),
        (b'{"": 1}', "bad_name"),
        (b'{"a": ' + b"1" * 400 + b"}", "not_json"),
    ],
)
def test_spoilt_telemetry_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(NotThingsBoard) as caught:
        points_of(body)
    assert caught.value.reason == reason


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"device": ""}', b'{"device": 1}'])
def test_gateway_that_names_no_device_is_refused(body: bytes) -> None:
    with pytest.raises(NotThingsBoard):
        gateway_device(body)


def test_attributes_and_what_is_asked_of_them() -> None:
    assert attributes_of(b'{"a": "x", "b": {"c": 1}}') == {"a": "x", "b": {"c": 1}}
    assert asked_of(b'{"clientKeys": "a, b", "sharedKeys": "c"}') == AttributesAsked(("a", "b"), ("c",))
    assert asked_of(b'{"clientKeys": "a"}') == AttributesAsked(("a",), ())
    assert asked_of(b"") == AttributesAsked(None, None)
    with pytest.raises(NotThingsBoard):
        attributes_of(b"[]")


@pytest.mark.parametrize(
    ("body", "done"),
    [
        (b'{"success": true}', True),
        (b'{"success": false}', False),
        (b'{"error": "x"}', False),
        (b"ok", True),
        (b"1", True),
    ],
)
def test_answers_say_how_it_ended(body: bytes, done: bool) -> None:  # parameter
    assert answer_of(body) == (done, body.decode())


def test_calls_both_ways() -> None:
    assert rpc_request("setValve", {"on": True}) == b'{"method":"setValve","params":{"on":true}}'
    assert rpc_request("setValve", {}, device="A", number=3) == (
        b'{"device":"A","data":{"id":3,"method":"setValve","params":{}}}'
    )
    assert gateway_answer(b'{"device": "A", "id": 3, "data": {"success": true}}') == ("A", 3, True, '{"success":true}')
    assert call_of(b'{"method": "getTime", "params": {}}').method == "getTime"
    for body in (b'{"method": 1}', b"{}", b"[]"):
        with pytest.raises(NotThingsBoard):
            call_of(body)
    with pytest.raises(NotThingsBoard):
        gateway_answer(b'{"device": "A", "data": {}}')


@given(st.binary(max_size=200))
def test_no_bytes_break_the_readers(data: bytes) -> None:
    for read in (
        points_of,
        gateway_points,
        attributes_of,
        asked_of,
        call_of,
        gateway_device,
        gateway_answer,
        answer_of,
    ):
        try:
            read(data)
        except NotThingsBoard:
            continue
