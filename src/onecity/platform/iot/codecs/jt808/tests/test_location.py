"""Location reports: published ones field by field, what is told of them, and what is refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.jt808 import flags
from onecity.platform.iot.codecs.jt808.bcd import instant, instant_utc, packed, time_bytes, time_bytes_utc
from onecity.platform.iot.codecs.jt808.items import Item, alarm_words, numbers
from onecity.platform.iot.codecs.jt808.location import (
    Batch,
    Location,
    decode_answer,
    decode_batch,
    decode_location,
    encode_batch,
    encode_location,
)
from onecity.platform.iot.codecs.jt808.readings import bit_values, named_values
from onecity.platform.iot.codecs.jt808.tests.reading import read
from onecity.platform.iot.codecs.jt808.tests.vectors import raw
from onecity.platform.iot.codecs.refusals import BadBody

WHEN = bytes.fromhex("181015101010")


def here(
    status: int = 2, *, latitude_e6: int = 43_900_000, longitude_e6: int = 125_300_000, direction_deg: int = 0
) -> Location:
    return Location(0, status, latitude_e6, longitude_e6, 0, 0, direction_deg, WHEN)


def test_v1_is_the_published_position() -> None:
    location = decode_location(read(raw("V1")).body)
    assert (location.alarms, location.status, location.altitude_m, location.speed_kmh) == (1, 2, 40, 6.0)
    assert location.place == (132.444444, 12.222222)
    assert location.at == datetime(2018, 10, 15, 2, 10, 10, tzinfo=UTC)
    assert dict(numbers(location.items)) == {"mileage": 10.0, "fuel": 12.5}
    assert encode_location(location) == read(raw("V1")).body


def test_v13_is_a_real_terminals_position() -> None:
    location = decode_location(read(raw("V13")).body)
    assert location.place is None, "bit 1 of the status says that there is no fix"
    assert (location.latitude_e6, location.longitude_e6) == (6_152_695, 106_720_495)
    values = dict(named_values(location, told=0, of_2019=False))
    assert (values["ignition"], values["signal_strength"], values["satellites"]) == (1, 27, 3)
    assert (values["longitude"], values["deep_sleep"], values["mileage"]) == (None, 0, 4326.4)


def test_v10_is_a_batch_of_two() -> None:
    body = read(raw("V10")).body
    batch = decode_batch(body)
    assert (batch.kind, [item.alarms for item in batch.locations]) == (0, [1, 2])
    assert [dict(numbers(item.items))["fuel"] for item in batch.locations] == [5.5, 6.6]
    assert encode_batch(batch) == body


def test_answer_names_the_question() -> None:
    body = bytes.fromhex("3039") + read(raw("V1")).body
    serial, location = decode_answer(body)
    assert (serial, location.place) == (12345, (132.444444, 12.222222))


@pytest.mark.parametrize(
    ("status", "place"),
    [
        (0b0010, (125.3, 43.9)),
        (0b0110, (125.3, -43.9)),
        (0b1010, (-125.3, 43.9)),
        (0b0000, None),
        (0b100010, None),
    ],
)
def test_status_says_whether_and_where_there_is_a_fix(status: int, place: tuple[float, float] | None) -> None:
    assert here(status).place == place


def test_swapped_coordinates_are_no_place() -> None:
    assert here(latitude_e6=116_300_000, longitude_e6=40_000_000).place is None
    assert here(longitude_e6=181_000_000).place is None


def test_direction_beyond_the_circle_is_not_told() -> None:
    assert dict(named_values(here(direction_deg=360), told=0, of_2019=False))["direction"] is None
    assert dict(named_values(here(direction_deg=359), told=0, of_2019=False))["direction"] == 359


def test_states_that_do_not_stand_are_told_only_where_asked_for() -> None:
    quiet = dict(named_values(here(), told=0, of_2019=True))
    assert "oil_cut" not in quiet
    assert (quiet["ignition"], quiet["located"]) == (0, 1)
    assert dict(named_values(here(), told=1 << 10, of_2019=True))["oil_cut"] == 0
    assert dict(named_values(here(2 | 1 << 10), told=0, of_2019=True))["oil_cut"] == 1


def test_alarms_of_2019_are_not_read_into_older_reports() -> None:
    assert bit_values(flags.ALARMS, 1 << 15, told=0, of_2019=False) == []
    assert bit_values(flags.ALARMS, 1 << 15, told=0, of_2019=True) == [("alarm_forbidden_time", 1)]
    assert [flag.code for flag in flags.set_flags(flags.ALARMS, 1 | 1 << 15, of_2019=False)] == ["alarm_sos"]


def test_every_alarm_bit_is_told_on_demand() -> None:
    assert len(bit_values(flags.ALARMS, 0, told=-1, of_2019=True)) == 32
    assert len(bit_values(flags.ALARMS, 0, told=-1, of_2019=False)) == 29


def test_first_of_repeated_items_counts() -> None:
    items = (Item(0x01, (100).to_bytes(4, "big")), Item(0x01, (200).to_bytes(4, "big")))
    values = named_values(Location(0, 2, 0, 0, 0, 0, 0, WHEN, items), told=0, of_2019=False)
    assert [value for name, value in values if name == "mileage"] == [10.0]


@pytest.mark.parametrize(
    ("number", "value", "told"),
    [
        (0x01, "0001E240", {"mileage": 12345.6}),
        (0x02, "007D", {"fuel": 12.5}),
        (0x03, "0258", {"recorder_speed": 60.0}),
        (0x04, "0007", {"alarm_to_confirm": 7}),
        (0x05, "64FF65" + "FF" * 27, {"tyre_pressure_1": 100, "tyre_pressure_3": 101}),
        (0x06, "8005", {"cabin_temperature": -5}),
        (0x06, "0019", {"cabin_temperature": 25}),
        (0x2A, "0002", {"deep_sleep": 0, "sleep": 1}),
        (0x2B, "00020001", {"analogue_0": 1, "analogue_1": 2}),
        (0x30, "18", {"signal_strength": 24}),
        (0x31, "0E", {"satellites": 14}),
        (0x31, "0E0E", {}),
        (0xE3, "01020304", {}),
    ],
)
def test_item_says(number: int, value: str, told: dict[str, float]) -> None:
    assert dict(numbers((Item(number, bytes.fromhex(value)),))) == told


def test_vehicle_signals_are_bits() -> None:
    told = dict(numbers((Item(0x25, bytes.fromhex("00000014")),)))
    assert (told["right_turn"], told["brake"], told["left_turn"]) == (1, 1, 0)
    assert len(told) == 15


def test_areas_and_routes_are_told_in_words() -> None:
    items = (
        Item(0x11, bytes.fromhex("0100000001")),
        Item(0x12, bytes.fromhex("060000000101")),
        Item(0x13, bytes.fromhex("00000001001307")),
    )
    words = alarm_words(items)
    assert words == {0x11: "圆形区域1", 0x12: "类型61（驶出）", 0x13: "路段1行驶19秒，过长"}
    assert alarm_words((Item(0x11, b"\0"),)) == {0x11: "无特定位置"}
    assert alarm_words((Item(0x12, b"\0"),)) == {}


def test_bytes_behind_the_last_whole_item_are_kept() -> None:
    body = encode_location(here()) + bytes.fromhex("0104000000643105AA")
    location = decode_location(body)
    assert (location.items, location.rest) == ((Item(1, bytes.fromhex("00000064")),), bytes.fromhex("3105AA"))
    assert encode_location(location) == body
    assert decode_location(body[:-2]).rest == bytes.fromhex("31")


def test_location_without_its_basic_part_is_refused() -> None:
    with pytest.raises(BadBody):
        decode_location(bytes(27))


@pytest.mark.parametrize("body", ["", "0001", "000100", "00010000", "0001000005AABB", "000000AA", "03E900"])
def test_batch_that_does_not_hold_together_is_refused(body: str) -> None:
    with pytest.raises(BadBody):
        decode_batch(bytes.fromhex(body))


@pytest.mark.parametrize("time", ["000000000000", "181315101010", "1810151010", "18101510101A"])
def test_time_that_is_none_is_not_guessed(time: str) -> None:
    assert instant(bytes.fromhex(time)) is None


def test_server_time_alone_is_in_utc() -> None:
    at = datetime(2019, 12, 2, 10, 10, 10, tzinfo=UTC)
    assert time_bytes_utc(at) == bytes.fromhex("191202101010")
    assert instant_utc(bytes.fromhex("191202101010")) == at
    assert time_bytes(at) == bytes.fromhex("191202181010")


def test_digits_that_do_not_fit_are_not_packed() -> None:
    assert packed("123", size=2) == bytes.fromhex("0123")
    with pytest.raises(ValueError, match="12345"):
        packed("12345", size=2)


words = st.integers(0, 0xFFFF_FFFF)
halves = st.integers(0, 0xFFFF)
locations = st.builds(
    Location,
    words,
    words,
    words,
    words,
    halves,
    halves,
    halves,
    st.binary(min_size=6, max_size=6),
    st.lists(st.builds(Item, st.integers(0, 255), st.binary(max_size=40)), max_size=6).map(tuple),
)


@given(locations)
def test_location_is_read_as_written(location: Location) -> None:
    assert decode_location(encode_location(location)) == location
    longitude_latitude = location.place
    assert longitude_latitude is None or (abs(longitude_latitude[0]) <= 180 and abs(longitude_latitude[1]) <= 90)
    names = [name for name, _ in named_values(location, told=-1, of_2019=True)]
    assert len(names) == len(set(names))


@given(st.integers(0, 1), st.lists(locations, max_size=4))
def test_batch_is_read_as_written(kind: int, several: list[Location]) -> None:
    batch = Batch(kind, tuple(several))
    assert decode_batch(encode_batch(batch)) == batch


@given(st.binary(max_size=120))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    for read_it in (decode_location, decode_batch, decode_answer):
        try:
            read_it(body)
        except BadBody:
            continue
