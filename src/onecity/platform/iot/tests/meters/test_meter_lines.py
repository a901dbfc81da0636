"""Lines of meters without sockets: who dialled in, rounds, parts, silence, heartbeats, orders."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from onecity.kernel.errors import Invalid
from onecity.platform.iot.codecs import cjt188, dlt645
from onecity.platform.iot.codecs.dlt645 import Frame, Value
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field import cjt188 as water
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
from onecity.platform.iot.tests.meters.talking import NOON, Talk, attached, told

KEY = "000000000161"
ENERGY, VOLTAGE = "00010000", "02010100"
METER = attached(KEY, Protocol.DLT645, ENERGY, VOLTAGE, type_code="metering.electricity_meter")
UNIT = attached("DTU0001", Protocol.DLT645, type_code="iot.dtu")
WATER_KEY = "78330011223344"
WATER_METER = attached(WATER_KEY, Protocol.CJT188, "volume", "valve_closed")


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
    assert talk.said[-1] == Seen("DTU0001", b"DTU0001\r\n")
    talk.hear(b"\x00\x01\x02")
    talk.wait(1.5)
    assert isinstance(talk.said[-1], Refused)


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


class WaterMeter:
    """A water meter of CJ/T 188 with a slow valve."""

    def __init__(self, *, moves_after: int = 1) -> None:
        self.closed, self.wanted, self.left = False, False, 0
        self.moves_after = moves_after
        self.clock = b""

    def __call__(self, data: bytes) -> bytes:
        asked = cjt188.decode(data)
        head = asked.data[:3]
        if asked.function == cjt188.Function.READ_ADDRESS:
            return cjt188.encode(asked._replace(address=WATER_KEY, control=0x83, data=head))
        if asked.address != WATER_KEY:
            return b""
        if asked.function == cjt188.Function.WRITE:
            if cjt188.identifier(head)[0] == cjt188.VALVE:
                self.wanted, self.left = asked.data[3] == 0x99, self.moves_after
            else:
                self.clock = asked.data[3:]
            return cjt188.encode(asked._replace(control=0x84, data=head + b"\0\0"))
        self.left -= 1
        if self.left <= 0:
            self.closed = self.wanted
        amount = bytes.fromhex("785634122C")
        status = bytes([self.closed, 0])
        return cjt188.encode(asked._replace(control=0x81, data=head + amount + amount + bytes(7) + status))


def water_line() -> Talk:
    talk = Talk(MeterLine(water.Cjt188()))
    talk.hear(b"DTU0002\n")
    talk.welcome(attached("DTU0002", Protocol.CJT188, type_code="iot.dtu"), WATER_METER)
    return talk


def test_water_meter_tells_everything_at_once() -> None:
    talk = water_line()
    talk.run(WaterMeter(), seconds=2)
    assert told(talk.uploads[0]) == {
        "volume": 123456.78,
        "settled_volume": 123456.78,
        "battery_low": 0.0,
        "valve_closed": 0.0,
    }


def test_valve_is_done_when_it_is_seen_to_have_moved() -> None:
    talk, meter = water_line(), WaterMeter(moves_after=3)
    talk.run(meter, seconds=2)
    ordered = talk.session.order(WATER_KEY, "close_valve", {}, talk.moment)
    talk.run(meter, seconds=40)
    states = [item.state for item in talk.said if isinstance(item, Answered)]
    assert states == [OrderState.ACCEPTED, OrderState.DONE]
    assert {item.reference for item in talk.said if isinstance(item, Answered)} == {ordered.reference}
    assert told(talk.uploads[-1])["valve_closed"] == 1.0


def test_valve_that_does_not_move_has_failed() -> None:
    talk, meter = water_line(), WaterMeter(moves_after=100)
    talk.run(meter, seconds=2)
    talk.session.order(WATER_KEY, "close_valve", {}, talk.moment)
    talk.run(meter, seconds=60)
    states = [item.state for item in talk.said if isinstance(item, Answered)]
    assert states == [OrderState.ACCEPTED, OrderState.FAILED]


def test_meter_that_refuses_the_valve_is_told_as_it_said() -> None:
    talk = water_line()
    talk.run(WaterMeter(), seconds=2)
    talk.session.order(WATER_KEY, "open_valve", {}, talk.moment)
    talk.run(lambda data: cjt188.encode(cjt188.decode(data)._replace(control=0xC4, data=b"\x01\x02\x00")), seconds=1)
    (answered,) = [item for item in talk.said if isinstance(item, Answered)]
    assert (answered.state, answered.text) == (OrderState.FAILED, "010200")


def test_clock_of_a_water_meter_is_set() -> None:
    talk, meter = water_line(), WaterMeter()
    talk.run(meter, seconds=2)
    talk.session.order(WATER_KEY, "set_time", {}, talk.moment)
    talk.run(meter, seconds=2)
    assert [item.state for item in talk.said if isinstance(item, Answered)] == [OrderState.DONE]
    assert cjt188.clock(meter.clock) == NOON.replace(second=2)
    with pytest.raises(CommandUnknown):
        talk.session.order(WATER_KEY, "dance", {}, talk.moment)


def test_water_meter_alone_on_its_line_is_asked_who_it_is() -> None:
    talk = Talk(MeterLine(water.Cjt188()))
    talk.run(WaterMeter(), seconds=7)
    assert next(item for item in talk.said if isinstance(item, Hello)).device_key == WATER_KEY


def test_link_names_type_and_orders_of_bytes() -> None:
    meter = replace(WATER_METER, link={"meter_type": 0x30, "read_low_first": False, "address": "11111111111111"})
    frame = cjt188.decode(water.Cjt188().question(meter, cjt188.READING).data)
    assert (frame.meter_type, frame.address, frame.data[:2].hex()) == (0x30, "11111111111111", "901f")
    heat = replace(WATER_METER, type_code="metering.heat_meter")
    assert cjt188.decode(water.Cjt188().question(heat, cjt188.READING).data).meter_type == 0x20


@pytest.mark.parametrize("data", [b"\x1f\x90\x00\x01", b"\x1f"])
def test_answer_of_another_layout_is_refused(data: bytes) -> None:
    talk = water_line()
    talk.wait(0.5)
    asked = cjt188.decode(talk.sent.pop())
    talk.hear(cjt188.encode(asked._replace(control=0x81, data=data)))
    assert isinstance(talk.said[-1], Refused)
    assert talk.said[-1].reason == "bad_value"
    assert re.fullmatch(r"[\w ]+", str(talk.said[-1].fields["why"]))
