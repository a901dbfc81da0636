"""Published frames of CJ/T 188, read and written byte for byte; wrong ones refused for their reason."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs import cjt188
from onecity.platform.iot.codecs.cjt188 import Frame, MeterType, NotEncodable, NotUnderstood, Orders, StatusBits
from onecity.platform.iot.codecs.cjt188.tests import vectors
from onecity.platform.iot.codecs.faults import Fault
from onecity.platform.iot.codecs.tests.streams import run

HIGH = Orders(read_low_first=False, write_low_first=False)
LOW = Orders(read_low_first=True, write_low_first=True)
WATER_METER = "78331505900569"


def read(text: str) -> Frame:
    (piece,) = run(cjt188.cutter, bytes.fromhex(text))
    assert piece.fault is None
    return cjt188.decode(piece.raw)


@pytest.mark.parametrize("text", vectors.RIGHT)
def test_published_frame_is_written_as_it_was_read(text: str) -> None:
    wake = text.split(" 68 ", maxsplit=1)[0].count("FE") if text.startswith("FE") else 0
    assert cjt188.encode(read(text), wake=wake) == bytes.fromhex(text)


def test_requests_are_the_published_ones() -> None:
    water = MeterType.COLD_WATER
    written = {
        vectors.READ[12:]: cjt188.read(water, "78330011223344", serial=0),
        vectors.READ_ANYBODY: cjt188.read(water, cjt188.ANYBODY, serial=1, orders=HIGH),
        vectors.READ_ANYBODY_00: cjt188.read(water, cjt188.ANYBODY, serial=0, orders=HIGH),
        vectors.ASKED_ADDRESS: cjt188.read_address(serial=0xA7),
        vectors.READ_HEAT[15:]: cjt188.read(MeterType.HEAT, "00312718241912", serial=0x12),
        vectors.OPEN[12:]: cjt188.set_valve(water, WATER_METER, serial=1, is_open=True),
        vectors.CLOSE[12:]: cjt188.set_valve(water, WATER_METER, serial=1, is_open=False),
    }
    for text, frame in written.items():
        assert cjt188.encode(frame, wake=0) == bytes.fromhex(text)


def test_water_meter_tells_volume_clock_and_status() -> None:
    frame = read(vectors.WATER)
    found = cjt188.reading(frame)
    assert (frame.address, frame.is_answer, frame.is_heat) == ("78330011223344", True, False)
    assert {name: (item.value, item.unit) for name, item in found.amounts.items()} == {
        "volume": (Fraction(556677), "m3"),
        "settled_volume": (Fraction(556677), "m3"),
    }
    assert found.at == datetime(2015, 5, 11, 14, 1, 31, tzinfo=UTC)
    assert (found.status.raw.hex(), found.status.valve, found.status.battery_low) == ("2184", "closed", False)


def test_clock_that_is_not_set_is_none() -> None:
    found = cjt188.reading(read(vectors.NO_CLOCK))
    assert (found.amounts["volume"].value, found.at, found.status.valve) == (Fraction(68), None, "open")


def test_identifier_is_known_in_either_order() -> None:
    frame = read(vectors.HIGH_FIRST)
    assert cjt188.identifier(frame.data) == ("901F", False)
    assert cjt188.identifier(read(vectors.WATER).data) == ("901F", True)
    assert cjt188.identifier(read(vectors.OPENED).data) == ("A017", False)
    assert cjt188.identifier(b"\x12\x34\x00") == ("3412", True)
    assert cjt188.reading(frame).amounts["volume"].value == 123


def test_heat_meter_tells_everything() -> None:
    frame = read(vectors.HEAT)
    found = cjt188.reading(frame)
    assert (frame.meter_type, frame.is_heat, frame.data[2]) == (0x25, True, 3)
    assert {name: item.value for name, item in found.amounts.items()} == {
        "settled_heat": Fraction("274.11"),
        "heat": Fraction("54427.88"),
        "power": 0,
        "flow": 0,
        "volume": Fraction("7156.08"),
        "supply_temperature": Fraction("26.79"),
        "return_temperature": Fraction("26.64"),
        "working_hours": 74766,
    }
    assert [item.unit for item in found.amounts.values()] == ["kW.h", "kW.h", "kW", "m3/h", "m3", "Cel", "Cel", "h"]
    assert found.at == datetime(2025, 9, 3, 9, 52, 11, tzinfo=UTC)


def test_address_is_told() -> None:
    assert read(vectors.TOLD_ADDRESS).address == "78330123456789"


def test_frame_with_a_wrong_sum_is_refused_for_it() -> None:
    (piece,) = run(cjt188.cutter, bytes.fromhex(vectors.WRONG_SUM))
    assert piece.fault is Fault.BAD_CHECKSUM


@pytest.mark.parametrize(
    ("spoilt", "fault"),
    [
        (vectors.READ_ANYBODY[:-2] + "17", Fault.NO_END),
        ("68 5A" + " 00" * 20, Fault.NO_START),
        ("68 1A" + " 00" * 20, Fault.NO_START),
        ("68 10" + " 00" * 7 + " 02 03" + " 00" * 9, Fault.NO_START),
    ],
)
def test_other_failures_have_their_reasons(spoilt: str, fault: Fault) -> None:
    assert run(cjt188.cutter, bytes.fromhex(spoilt))[0].fault is fault


def test_makers_put_valve_and_battery_elsewhere() -> None:
    usual = cjt188.status(b"\x05\x00")
    assert (usual.valve, usual.battery_low) == ("closed", True)
    other = cjt188.status(b"\x00\xe0", bits=StatusBits(octet=1, valve_mask=0xC0, battery_mask=0x20))
    assert (other.valve, other.battery_low) == ("faulty", True)
    assert cjt188.status(b"\x02\x00").valve == ""


@pytest.mark.parametrize(
    ("code", "value", "unit"),
    [
        (0x2C, Fraction("123456.78"), "m3"),
        (0x2E, Fraction("12345678"), "m3"),
        (0x29, Fraction("123.45678"), "m3"),
        (0x05, Fraction("123456.78"), "kW.h"),
        (0x11, Fraction(12345678, 100) * 10**9 / 3_600_000, "kW.h"),
        (0x17, Fraction("123456.78"), "kW"),
        (0x35, Fraction("123456.78"), "m3/h"),
        (0xEE, Fraction("123456.78"), ""),
    ],
)
def test_units_come_out_as_cubic_metres_and_kilowatt_hours(code: int, value: Fraction, unit: str) -> None:
    found = cjt188.quantity(bytes.fromhex("78563412") + bytes([code]), decimals=2)
    assert found == (value, unit)
    if unit:
        assert cjt188.written(value, code=code, decimals=2) == bytes.fromhex("78563412") + bytes([code])


def test_digits_that_are_none_are_no_value() -> None:
    assert cjt188.quantity(b"\xff\xff\xff\xff\x2c", decimals=2).value is None


def test_other_layouts_are_not_guessed() -> None:
    frame = read(vectors.WATER)
    for data in (frame.data[:-1], b"\x3f\x90" + frame.data[2:], b"", b"\x1f"):
        with pytest.raises(NotUnderstood):
            cjt188.reading(frame._replace(data=data))


def test_clock_is_set_in_the_city_s_time() -> None:
    at = datetime(2026, 3, 8, 16, 5, 6, tzinfo=UTC)
    frame = cjt188.set_clock(MeterType.GAS, WATER_METER, serial=9, at=at, orders=LOW)
    assert frame.data.hex() == "15a009" + "06050009032620"
    assert cjt188.clock(frame.data[3:]) == at


@pytest.mark.parametrize(
    "attempt",
    [
        lambda: cjt188.encode(Frame(0x10, "1", 1)),
        lambda: cjt188.encode(Frame(0x09, "0" * 14, 1)),
        lambda: cjt188.encode(Frame(0x10, "0" * 14, 1, bytes(256))),
        lambda: cjt188.read(0x10, "0" * 14, serial=256),
    ],
)
def test_what_cannot_be_said_is_not_encodable(attempt: "object") -> None:
    assert callable(attempt)
    with pytest.raises(NotEncodable):
        attempt()


@given(
    st.sampled_from(list(MeterType)),
    st.text("0123456789A", min_size=14, max_size=14),
    st.sampled_from([0x01, 0x81, 0xC1, 0xA1, 0x04, 0x84, 0x83, 0x96]),
    st.binary(max_size=255),
)
def test_frames_come_back(meter_type: int, address: str, control: int, data: bytes) -> None:
    frame = Frame(meter_type, address, control, data)
    (piece,) = run(cjt188.cutter, cjt188.encode(frame))
    assert piece.fault is None
    again = cjt188.decode(piece.raw)
    assert again == frame
    assert (again.is_answer, again.is_error, again.has_more) == (
        control >= 0x80,
        bool(control & 0x40),
        bool(control & 0x20),
    )


@given(st.binary(max_size=300))
def test_no_bytes_break_the_codec(stream: bytes) -> None:
    for piece in run(cjt188.cutter, stream):
        if piece.fault is None:
            cjt188.decode(piece.raw)


@given(st.binary(min_size=40, max_size=50), st.booleans())
def test_no_answer_breaks_the_codec(data: bytes, is_heat: bool) -> None:
    data = b"\x1f\x90\x00" + (data[:43] if is_heat else data[:19])
    try:
        cjt188.reading(Frame(0x20, "0" * 14, 0x81, data))
    except NotUnderstood:
        assert len(data) not in {22, 46}
