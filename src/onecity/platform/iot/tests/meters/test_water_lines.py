"""Lines of water, gas and heat meters without sockets: readings, valves that take their time, refusals."""

import re
from dataclasses import replace

import pytest

from onecity.platform.iot.codecs import cjt188
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field import cjt188 as water
from onecity.platform.iot.gateways.field.contract import Answered, CommandUnknown, Hello, OrderState, Refused
from onecity.platform.iot.gateways.field.meter_lines.session import MeterLine
from onecity.platform.iot.tests.meters.talking import NOON, Talk, attached, told

WATER_KEY = "78330011223344"
WATER_METER = attached(WATER_KEY, Protocol.CJT188, "volume", "valve_closed")


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
