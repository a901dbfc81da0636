"""Lines of meters without sockets: who dialled in, rounds, parts, silence, heartbeats, orders."""

from dataclasses import replace
from decimal import Decimal

import pytest

from onecity.kernel.errors import Invalid
from onecity.platform.iot.codecs import dlt645
from onecity.platform.iot.codecs.dlt645 import Frame, Value
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field import dlt645 as power
from onecity.platform.iot.gateways.field.contract import (
    Answered,
    Attached,
    CommandUnknown,
    Hangup,
    Hello,
    OrderState,
    Refused,
    Seen,
)
from onecity.platform.iot.gateways.field.meter_lines.registering import PATTERN, pattern_of
from onecity.platform.iot.gateways.field.meter_lines.rounds import every_s
from onecity.platform.iot.gateways.field.meter_lines.session import MeterLine, NotOnThisLine
from onecity.platform.iot.tests.meters.talking import Talk, attached, told

KEY = "000000000161"
ENERGY, VOLTAGE = "00010000", "02010100"
METER = attached(KEY, Protocol.DLT645, ENERGY, VOLTAGE, type_code="metering.electricity_meter")
UNIT = attached("DTU0001", Protocol.DLT645, type_code="iot.dtu")


def electricity(data: bytes) -> bytes:
    """Answer as a meter of DL/T 645 does: 100.25 kWh, 220.1 V."""
    asked = dlt645.decode(data)
    if asked.address not in {KEY, dlt645.ANYBODY}:
        return b""
    if asked.function == dlt645.Function.READ_ADDRESS:
        return dlt645.encode(Frame(KEY, 0x93, bytes.fromhex(KEY)[::-1]))
    code = asked.data[3::-1].hex().upper()
    values = {ENERGY: "100.25", VOLTAGE: "220.1"}
    value = dlt645.written(code, Value(code, Decimal(values[code])))
    return dlt645.encode(Frame(KEY, 0x91, asked.data[:4] + value))


def power_line(*meters: Attached) -> Talk:
    talk = Talk(MeterLine(power.Dlt645()))
    talk.hear(b"DTU0001\r\n")
    talk.welcome(UNIT, *meters)
    return talk


def test_unit_says_its_name_and_its_meters_are_asked_at_once() -> None:
    talk = power_line(METER)
    assert isinstance(talk.said[0], Hello)
    assert (talk.said[0].device_key, talk.said[0].raw) == ("DTU0001", b"DTU0001\r\n")
    talk.run(electricity)
    (upload,) = talk.uploads
    assert (upload.device_key, told(upload)) == (KEY, {ENERGY: 100.25, VOLTAGE: 220.1})
    assert upload.answer == b""


@pytest.mark.parametrize("data", [b"DTU0001", b"REG:DTU0001", b"ID=DTU0001\0"])
def test_name_without_an_end_is_known_after_a_pause(data: bytes) -> None:
    talk = Talk(MeterLine(power.Dlt645()))
    for place in range(len(data)):
        talk.hear(data[place : place + 1])
    assert talk.said == []
    assert talk.session.held == len(data)
    talk.wait(1)
    assert [item.device_key for item in talk.said if isinstance(item, Hello)] == ["DTU0001"]


def test_pattern_of_one_s_own_names_the_key() -> None:
    talk = Talk(MeterLine(power.Dlt645(), pattern=pattern_of(r"\+\+(?P<key>\d+)\+\+")))
    talk.hear(b"++42++\n")
    assert isinstance(talk.said[0], Refused)
    talk = Talk(MeterLine(power.Dlt645(), pattern=pattern_of(r"\+\+(?P<key>\d+)\+\+\s*")))
    talk.hear(b"++42++\n")
    assert isinstance(talk.said[0], Hello)
    assert pattern_of("") is PATTERN


@pytest.mark.parametrize("text", ["(", "DTU"])
def test_pattern_that_cannot_name_anybody_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        pattern_of(text)


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03\n", b"x" * 300])
def test_name_that_is_none_ends_the_line(data: bytes) -> None:
    talk = Talk(MeterLine(power.Dlt645()))
    talk.hear(data)
    assert [type(item) for item in talk.said] == [Refused, Hangup]


def test_unit_that_is_not_let_in_is_hung_up() -> None:
    talk = Talk(MeterLine(power.Dlt645()))
    talk.hear(b"DTU0001\n")
    talk.welcome(reason="unknown_device")
    assert talk.said[-1] == Hangup("unknown_device")
    talk.wait(20)
    assert talk.sent == []


def test_silent_line_is_asked_who_is_there() -> None:
    talk = Talk(MeterLine(power.Dlt645()))
    talk.run(electricity, seconds=7)
    hello = next(item for item in talk.said if isinstance(item, Hello))
    assert hello.device_key == KEY
    talk.welcome(METER)
    talk.run(electricity)
    assert told(talk.uploads[0])[ENERGY] == 100.25


def test_silent_line_without_anybody_is_given_up() -> None:
    talk = Talk(MeterLine(power.Dlt645()))
    talk.wait(30)
    assert len(talk.sent) == power.READ_TRIES
    assert talk.said == [Hangup("nobody answers")]


def test_answers_nobody_asked_for_are_taken_instead_of_a_name() -> None:
    raw = b"".join(electricity(dlt645.encode(dlt645.read(KEY, code))) for code in (ENERGY, VOLTAGE))
    talk = Talk(MeterLine(power.Dlt645()))
    talk.hear(raw)
    talk.wait(1)
    (upload,) = talk.uploads
    assert (upload.device_key, upload.raw, told(upload)) == (KEY, raw, {ENERGY: 100.25, VOLTAGE: 220.1})
    talk.hear(dlt645.encode(dlt645.read(KEY, ENERGY)))
    talk.wait(1)
    assert isinstance(talk.said[-1], Hangup)


def test_meters_are_asked_again_when_they_are_due_and_not_before() -> None:
    talk = power_line(replace(METER, link={"every_s": 60}))
    talk.run(electricity, seconds=59)
    assert len(talk.uploads) == 1
    talk.run(electricity, seconds=3)
    assert len(talk.uploads) == 2


@pytest.mark.parametrize(("given", "expected"), [(60, 60), (1, 5), (1e9, 86_400), ("x", 900), (True, 900), (None, 900)])
def test_how_often_is_bounded(given: object, expected: float) -> None:
    assert every_s(replace(METER, link={"every_s": given})) == expected


def test_question_without_an_answer_is_asked_three_times_and_the_next_meter_is_not_forgotten() -> None:
    silent = attached("000000000999", Protocol.DLT645, ENERGY)
    talk = power_line(silent, METER)
    asked: list[str] = []

    def listen(data: bytes) -> bytes:
        asked.append(dlt645.decode(data).address)
        return electricity(data)

    talk.run(listen, seconds=20)
    assert asked.count("000000000999") == 3
    assert [item.device_key for item in talk.uploads] == [KEY]


def test_refused_value_is_no_silence() -> None:
    talk = power_line(METER)

    def meter(data: bytes) -> bytes:
        asked = dlt645.decode(data)
        refuses = asked.data[3::-1].hex().upper() == VOLTAGE
        return dlt645.encode(Frame(KEY, 0xD1, b"\x02")) if refuses else electricity(data)

    talk.run(meter, seconds=2)
    assert told(talk.uploads[0]) == {ENERGY: 100.25}


def test_long_answers_are_asked_for_part_by_part() -> None:
    block = attached(KEY, Protocol.DLT645, "0001FF00")
    values = [bytes.fromhex(f"0{number}000000")[::-1] for number in (6, 1, 2)]
    parts = [values[0], values[1], values[2]]

    def meter(data: bytes) -> bytes:
        asked = dlt645.decode(data)
        number = asked.data[4] if asked.function == 0x12 else 0
        more = 0x20 if number < 2 else 0
        tail = bytes([number]) if number else b""
        return dlt645.encode(Frame(KEY, 0x80 | more | asked.function, asked.data[:4] + parts[number] + tail))

    talk = power_line(block)
    talk.run(meter, seconds=2)
    assert told(talk.uploads[0]) == {"00010000": 60000.0, "00010100": 10000.0, "00010200": 20000.0}


def test_heartbeats_are_signs_of_life_and_rubbish_is_refused() -> None:
    talk = power_line()
    talk.hear(b"DTU0001\r\n")
    talk.wait(1.5)
    talk.hear(b"\x00\x01\x02")
    talk.wait(1.5)
    assert talk.said[-2:] == [
        Seen("DTU0001", b"DTU0001\r\n"),
        Refused(b"\x00\x01\x02", "no_start", device_key="DTU0001"),
    ]


def test_answer_nobody_asked_for_is_refused() -> None:
    talk = power_line()
    talk.hear(electricity(dlt645.encode(dlt645.read(KEY, ENERGY))))
    assert isinstance(talk.said[-1], Refused)
    assert talk.said[-1].reason == "unasked"
    talk.hear(dlt645.encode(dlt645.read(KEY, ENERGY)))
    assert talk.said[-1].reason == "bad_value"


def test_meters_that_change_are_taken_over_and_those_known_keep_their_turn() -> None:
    talk = power_line(METER)
    talk.run(electricity, seconds=2)
    talk.welcome(UNIT, METER, attached("000000000999", Protocol.DLT645, ENERGY))
    talk.wait(1)
    assert [dlt645.decode(data).address for data in talk.sent] == ["000000000999"]


def test_what_is_held_when_the_line_ends_is_told() -> None:
    talk = power_line()
    talk.hear(bytes.fromhex("6861010000"))
    (refused,) = talk.session.settled(talk.moment)
    assert isinstance(refused, Refused)
    fresh = MeterLine(power.Dlt645())
    fresh.received(b"DTU9", talk.moment)
    assert isinstance(fresh.settled(talk.moment)[0], Hello)


def test_clock_is_set_by_broadcast_and_nobody_answers() -> None:
    talk = power_line(METER)
    talk.run(electricity, seconds=2)
    ordered = talk.session.order(KEY, "set_time", {}, talk.moment)
    assert (ordered.data, ordered.awaited) == (b"", False)
    talk.wait(1)
    frame = dlt645.decode(talk.sent.pop())
    assert (frame.address, frame.function) == (dlt645.EVERYBODY, dlt645.Function.BROADCAST_TIME)


RIGHTS = {"level": 2, "password": "123456"}


@pytest.mark.parametrize(
    ("control", "data", "state"), [(0x9C, b"", OrderState.DONE), (0xDC, b"\x04", OrderState.FAILED)]
)
def test_relay_obeys_or_refuses(control: int, data: bytes, state: OrderState) -> None:
    talk = power_line(METER)
    talk.run(electricity, seconds=2)
    ordered = talk.session.order(KEY, "trip", RIGHTS, talk.moment)

    def meter(asked: bytes) -> bytes:
        frame = dlt645.decode(asked)
        assert dlt645.relay_order(frame) is dlt645.Relay.TRIP
        assert frame.data[:4].hex() == "02123456"
        return dlt645.encode(Frame(KEY, control, data))

    talk.run(meter, seconds=2)
    (answered,) = [item for item in talk.said if isinstance(item, Answered)]
    assert (answered.reference, answered.state, answered.device_key) == (ordered.reference, state, KEY)
    assert answered.text == ("密码错或未授权" if data else "")


def test_order_without_an_answer_is_not_sent_twice() -> None:
    talk = power_line(METER)
    talk.run(electricity, seconds=2)
    talk.session.order(KEY, "trip", RIGHTS, talk.moment)
    talk.wait(30)
    assert len(talk.sent) == 1
    assert not any(isinstance(item, Answered) for item in talk.said)


def test_orders_that_make_no_sense_are_refused() -> None:
    talk = power_line(METER)
    with pytest.raises(NotOnThisLine):
        talk.session.order("000000000999", "trip", RIGHTS, talk.moment)
    with pytest.raises(CommandUnknown):
        talk.session.order(KEY, "dance", {}, talk.moment)
    with pytest.raises(Invalid) as refusal:
        talk.session.order(KEY, "trip", {"level": 2, "password": "1"}, talk.moment)
    assert set(refusal.value.fields) == {"password"}
    for _ in range(50):
        talk.session.order(KEY, "set_time", {}, talk.moment)
    with pytest.raises(NotOnThisLine):
        talk.session.order(KEY, "set_time", {}, talk.moment)
