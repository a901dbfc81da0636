"""MQTT as a server: published packets byte for byte, torn and hostile input, both versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.mqtt import (
    DISCONNECT,
    PINGREQ,
    Malformed,
    connect,
    connect_5,
    publish,
    publish_5,
    subscribe,
)
from onecity.platform.iot.codecs.mqtt.properties import Property, base_128, read_properties, write_properties
from onecity.platform.iot.codecs.mqtt.serving import (
    PINGRESP,
    V5,
    V311,
    Acknowledged,
    Connect,
    Disconnect,
    Ping,
    Published,
    RequestReader,
    Subscribe,
    Unsubscribe,
    connack,
    disconnect,
    message,
    puback,
    suback,
    unsuback,
)

# Source: MQTT 3.1.1, sent raw to Mosquitto 2.0.11, which answered as shown.
CONNECT = bytes.fromhex("100E00044D5154540402003C00026431")
PUBLISH = bytes.fromhex("30060003612F6231")


def after_connect(*, version: int = V311) -> RequestReader:
    reader = RequestReader()
    reader.feed(CONNECT if version == V311 else connect_5(client_id="d1", username="t", password=""))
    return reader


def test_published_packets_are_read() -> None:
    reader = RequestReader()
    assert reader.feed(CONNECT + PUBLISH + b"\xc0\x00\xe0\x00") == [
        Connect(4, "d1", "", None, 60, True),
        Published("a/b", b"1"),
        Ping(),
        Disconnect(),
    ]


def test_published_packets_are_written() -> None:
    assert connect(client_id="d1", clean=True) == CONNECT
    assert publish("a/b", b"1") == PUBLISH
    assert (connack(V311, 0), PINGRESP) == (bytes.fromhex("20020000"), bytes.fromhex("D000"))
    assert (PINGREQ, DISCONNECT, base_128(321)) == (b"\xc0\x00", b"\xe0\x00", b"\xc1\x02")


def test_requests_are_read_byte_by_byte() -> None:
    reader = RequestReader()
    stream = CONNECT + PUBLISH + PINGREQ
    found = [request for at in range(len(stream)) for request in reader.feed(stream[at : at + 1])]
    assert [type(item) for item in found] == [Connect, Published, Ping]
    assert reader.held == 0


def test_token_will_and_properties_of_version_5_are_read() -> None:
    will = b"\x00\x00\x01t\x00\x01x"
    body = b"\x00\x04MQTT\x05\x86\x00\x1e\x05\x11\x00\x00\x00\x0a\x00\x02d1" + will + b"\x00\x05token"
    assert RequestReader().feed(b"\x10" + bytes([len(body)]) + body) == [Connect(5, "d1", "token", None, 30, True)]


def test_password_of_a_client_is_read() -> None:
    found = RequestReader().feed(connect(client_id="d1", username="u", password="p"))
    assert found == [Connect(4, "d1", "u", b"p", 60, False)]


def test_qos_1_carries_its_number_and_version_5_its_properties() -> None:
    reader = after_connect(version=V5)
    (found,) = reader.feed(publish_5("a", b"1", packet_id=7, expires_in_s=60))
    assert found == Published("a", b"1", 7, {Property.MESSAGE_EXPIRY: 60})


def test_subscriptions_are_read() -> None:
    assert after_connect().feed(subscribe(3, ["a/+", "b"])) == [Subscribe(3, (("a/+", 1), ("b", 1)))]
    assert after_connect().feed(b"\xa2\x05\x00\x04\x00\x01a") == [Unsubscribe(4, ("a",))]
    assert after_connect(version=V5).feed(b"\x82\x07\x00\x03\x00\x00\x01a\x2d") == [Subscribe(3, (("a", 1),))]


def test_acknowledgements_are_read() -> None:
    assert after_connect().feed(b"\x40\x02\x00\x09") == [Acknowledged(9)]
    assert after_connect(version=V5).feed(b"\x40\x03\x00\x09\x80") == [Acknowledged(9, 0x80)]


def test_answers_are_written_in_the_clients_version() -> None:
    assert connack(V5, 0, properties={Property.MAXIMUM_QOS: 1}) == bytes.fromhex("20050000022401")
    assert puback(V311, 7, reason=0x90) == bytes.fromhex("40020007")
    assert puback(V5, 7, reason=0x90) == bytes.fromhex("4003000790")
    assert suback(V311, 3, [1, 0x80]) == bytes.fromhex("900400030180")
    assert suback(V5, 3, [1]) == bytes.fromhex("900400030001")
    assert unsuback(V311, 3, [0]) == bytes.fromhex("B0020003")
    assert unsuback(V5, 3, [0x11]) == bytes.fromhex("B00400030011")
    assert disconnect(V311, 0x8D) == b""
    assert disconnect(V5, 0x8D) == bytes.fromhex("E0018D")
    assert message(V311, "a", b"1", packet_id=2) == bytes.fromhex("3206000161000231")
    assert message(V5, "a", b"1") == bytes.fromhex("30050001610031")


@pytest.mark.parametrize(
    ("packet", "said"),
    [
        (PUBLISH, "first"),
        (CONNECT.replace(b"MQTT", b"MQTX"), "protocol"),
        (CONNECT.replace(b"\x04\x02", b"\x03\x02", 1), "version"),
        (CONNECT[:9] + b"\x03" + CONNECT[10:], "version"),
        (b"\x10\x02\x00\x04", "longer than its packet"),
        (b"\x10\x06\x00\x04MQTT", "too short"),
        (CONNECT[:1] + b"\x0f" + CONNECT[2:] + b"x", "longer than what it says"),
        (b"\x10\xff\xff\xff\xff\x01", "more than four bytes"),
        (b"\x10\xff\xff\xff\x7f", "a packet of"),
        (b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02\xff\xfe", "not UTF-8"),
        (b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02a\x00", "null"),
    ],
)
def test_spoilt_greetings_are_refused(packet: bytes, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        RequestReader().feed(packet)


@pytest.mark.parametrize(
    ("packet", "said"),
    [
        (CONNECT, "once"),
        (b"\x34\x06\x00\x01a\x00\x01x", "QoS 1"),
        (b"\x32\x04\x00\x01a\x00", "number"),
        (b"\x32\x05\x00\x01a\x00\x00", "number"),
        (b"\x30\x02\x00\x00", "without a topic"),
        (b"\x30\x04\x00\x02a+", "without a topic"),
        (b"\x80\x06\x00\x03\x00\x01a\x01", "begins with"),
        (b"\x82\x05\x00\x03\x00\x01a", "without its QoS"),
        (b"\x82\x02\x00\x03", "0 filters"),
        (b"\xf0\x00", "begins with"),
    ],
)
def test_spoilt_requests_are_refused(packet: bytes, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        after_connect().feed(packet)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\x02\x24", "longer than their packet"),
        (b"\x02\x99\x01", "not known"),
        (b"\x04\x24\x01\x24\x01", "twice"),
        (b"\x02\x21\x00", "longer than its packet"),
        (b"\x02\x21\x00\x01", "longer than its properties"),
        (b"\xff\xff\xff\xff\x01", "does not end"),
    ],
)
def test_spoilt_properties_are_refused(body: bytes, said: str) -> None:
    with pytest.raises(Malformed, match=said):
        read_properties(body, 0)


def test_properties_that_are_not_needed_are_passed_over() -> None:
    body = bytes([12]) + b"\x26\x00\x01a\x00\x01b" + b"\x0b\x81\x01" + b"\x01\x01" + b"rest"
    assert read_properties(body, 0) == ({}, 13)


def test_properties_that_were_written_are_read() -> None:
    given_properties: dict[Property, int | bytes] = {
        Property.REASON: b"why",
        Property.RECEIVE_MAXIMUM: 20,
        Property.SESSION_EXPIRY: 1,
    }
    written = write_properties(given_properties)
    assert read_properties(written, 0) == (given_properties, len(written))


@given(st.binary(max_size=100), st.sampled_from([V311, V5]))
def test_no_bytes_break_the_reader(data: bytes, version: int) -> None:
    reader = after_connect(version=version)
    try:
        reader.feed(data)
    except Malformed:
        return
    assert reader.held <= len(data)


@given(st.text(st.characters(exclude_characters="\0+#", exclude_categories=["Cs"]), min_size=1), st.binary())
def test_what_a_device_publishes_is_read(topic: str, payload: bytes) -> None:
    assert after_connect().feed(publish(topic, payload, packet_id=9)) == [Published(topic, payload, 9)]
