"""MQTT's bytes: the published vectors, any cut of the stream, and bytes that are no MQTT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.mqtt import (
    DISCONNECT,
    PINGREQ,
    Control,
    Kind,
    Malformed,
    PacketReader,
    connack_fault,
    connect,
    pubacks,
    publish,
    subscribe,
)


def read(stream: bytes) -> tuple[list[tuple[bytes, bytes, int]], list[Control]]:
    return PacketReader().feed(stream)


# Sent raw to Mosquitto 2.0.11 and answered as shown (standards/devices/10-mqtt-lwm2m.md, 1).
def test_published_connect() -> None:
    assert connect(client_id="d1", clean=True) == bytes.fromhex("100E00044D51545404020 03C00026431".replace(" ", ""))


def test_published_connack() -> None:
    published, (welcome,) = read(bytes.fromhex("20020000"))
    assert (published, welcome) == ([], Control(Kind.CONNACK, b"\0\0"))
    assert connack_fault(welcome.body) == ""


def test_published_publish_at_qos_0() -> None:
    vector = bytes.fromhex("30060003612F6231")
    assert publish("a/b", b"1") == vector
    assert read(vector) == ([(b"a/b", b"1", 0)], [])


def test_published_ping_and_disconnect() -> None:
    assert bytes.fromhex("C000") == PINGREQ
    assert bytes.fromhex("E000") == DISCONNECT
    assert read(bytes.fromhex("D000")) == ([], [Control(Kind.PINGRESP, b"")])


def test_published_remaining_length() -> None:
    assert publish("a", bytes(318))[1:3] == bytes.fromhex("C102")


def test_connect_with_credentials_carries_them_in_order() -> None:
    packet = connect(client_id="c", username="user", password="secret", keep_alive_s=30)
    assert packet[9:] == b"\xc0\x00\x1e" + b"\x00\x01c" + b"\x00\x04user" + b"\x00\x06secret"


def test_subscribe_asks_for_qos_1() -> None:
    assert subscribe(7, ["a/+", "#"]) == b"\x82\x0c\x00\x07" + b"\x00\x03a/+\x01" + b"\x00\x01#\x01"


def test_acknowledgements_are_written_in_one_piece() -> None:
    assert pubacks([1, 65_535]) == bytes.fromhex("40020001 4002FFFF".replace(" ", ""))
    assert pubacks([]) == b""


@pytest.mark.parametrize(("code", "word"), [(1, "3.1.1"), (4, "password"), (5, "in"), (77, "004d")])
def test_refusal_of_the_broker_is_told(code: int, word: str) -> None:
    assert word in connack_fault(bytes([0, code]))


MESSAGES = st.lists(
    st.tuples(
        st.text(min_size=1, max_size=40),
        st.one_of(st.binary(max_size=300), st.just(bytes(20_000))),
        st.integers(0, 65535),
    ),
    max_size=12,
)


@given(messages=MESSAGES, cuts=st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_any_cut_of_the_stream_gives_the_same_messages(messages: list[tuple[str, bytes, int]], cuts: list[int]) -> None:
    stream = b"".join(publish(topic, payload, packet_id=number) + PINGREQ for topic, payload, number in messages)
    reader = PacketReader()
    found, pings, at, turn = [], 0, 0, 0
    while at < len(stream):
        size = cuts[turn % len(cuts)] * (1 + turn // 50)
        published, others = reader.feed(stream[at : at + size])
        found += published
        pings += len(others)
        at, turn = at + size, turn + 1
    assert found == [(topic.encode(), payload, number) for topic, payload, number in messages]
    assert pings == len(messages)


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(b"\x30\x01\x00", id="no room for the topic's length"),
        pytest.param(b"\x30\x03\x00\x05a", id="topic longer than the packet"),
        pytest.param(b"\x32\x04\x00\x01ab", id="no room for the packet id"),
        pytest.param(b"\x30\xff\xff\xff\xff\x01", id="length of five bytes"),
        pytest.param(b"\x30\xff\xff\xff\x7f", id="longer than allowed"),
    ],
)
def test_bytes_that_are_no_mqtt_are_told(stream: bytes) -> None:
    with pytest.raises(Malformed):
        read(stream)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(stream: bytes) -> None:
    try:
        read(stream)
    except Malformed:
        return
