"""Points of Modbus devices: published values in all orders, plans, tables that cannot be used."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.iot.codecs.modbus import (
    Area,
    BadPoints,
    DoesNotFit,
    NotAValue,
    Order,
    Point,
    Request,
    Type,
    plan,
    read_points,
    registers_of,
    split,
    value_of,
    values,
)

FLOAT = Point("level", Area.HOLDING, 107, Type.F32)


@pytest.mark.parametrize(
    ("order", "registers"),
    [
        (Order.ABCD, [0x47F1, 0x2000]),
        (Order.CDAB, [0x2000, 0x47F1]),
        (Order.BADC, [0xF147, 0x0020]),
        (Order.DCBA, [0x0020, 0xF147]),
    ],
)
def test_published_value_is_read_and_written_in_every_order(order: Order, registers: list[int]) -> None:
    point = replace(FLOAT, order=order)
    assert value_of(point, registers) == 123456.0
    assert registers_of(point, 123456.0) == registers


def test_published_floats_of_a_power_meter_are_read() -> None:
    # Source: a public ModbusDecoder readme; answer to 01 04 0B B8 00 08.
    words = [0x5124, 0x45B7, 0x1971, 0x3F5F, 0x19F9, 0x430B, 0x59D1, 0x45D2]
    points = [Point(str(n), Area.INPUT_REGISTERS, 2 * n, Type.F32, Order.CDAB) for n in range(4)]
    found = values(plan(points)[0], words)
    wanted = (5866.143, 0.871482, 139.1015, 6731.227)
    assert found == {str(n): pytest.approx(value, rel=1e-6) for n, value in enumerate(wanted)}


def test_published_floats_are_written() -> None:
    # Source: the same readme, write of eight floats to unit 1.
    words = [0x0000, 0x3F80, 0x0000, 0x3F80, 0xCCCD, 0x420C, 0xCCCD, 0x41DC, 0x51EC, 0x412C, 0x1EB8, 0x40B5]
    point = replace(FLOAT, order=Order.CDAB)
    written = [word for value in (1.0, 1.0, 35.2, 27.6, 10.77, 5.66) for word in registers_of(point, value)]
    assert written == words


@pytest.mark.parametrize(
    ("point", "registers", "value"),
    [
        (Point("a", Area.HOLDING, 0), [0xFFFF], 65535.0),
        (Point("a", Area.HOLDING, 0, Type.S16), [0xFFFB], -5.0),
        (Point("a", Area.HOLDING, 0, Type.S32), [0xFFFF, 0xFFFB], -5.0),
        (Point("a", Area.HOLDING, 0, Type.U64), [0, 0, 1, 0], 65536.0),
        (Point("a", Area.HOLDING, 0, Type.S64), [0xFFFF] * 4, -1.0),
        (Point("a", Area.HOLDING, 0, Type.F64), [0x3FF8, 0, 0, 0], 1.5),
        (Point("a", Area.HOLDING, 0, Type.BCD), [0x1234], 1234.0),
        (Point("a", Area.HOLDING, 0, Type.BCD, registers=2), [0x0012, 0x3456], 123456.0),
        (Point("a", Area.HOLDING, 0, scale=0.1, offset=-40), [650], 25.0),
    ],
)
def test_types_are_read_and_written(point: Point, registers: list[int], value: float) -> None:
    assert value_of(point, registers) == pytest.approx(value)
    assert registers_of(point, value) == registers


def test_bit_of_a_status_word_and_coil_are_read() -> None:
    assert value_of(Point("a", Area.HOLDING, 0, bit=3), [0b1000]) == 1.0
    assert value_of(Point("a", Area.COILS, 0, Type.BIT), [1]) == 1.0


@pytest.mark.parametrize(
    ("point", "registers"),
    [
        (FLOAT, [0x7FC0, 0x0000]),
        (FLOAT, [0x7F80, 0x0000]),
        (Point("a", Area.HOLDING, 0, invalid=(0x7FFF,)), [0x7FFF]),
        (Point("a", Area.HOLDING, 0, Type.BCD), [0x12A4]),
        (Point("a", Area.HOLDING, 0, lowest=0, highest=100), [101]),
    ],
)
def test_fillers_are_no_values(point: Point, registers: list[int]) -> None:
    with pytest.raises(NotAValue):
        value_of(point, registers)
    assert values(Request(point.area, point.address, point.count, (point,)), registers) == {point.name: None}


@pytest.mark.parametrize(
    ("point", "value"),
    [
        (Point("a", Area.HOLDING, 0), -1.0),
        (Point("a", Area.HOLDING, 0), 65536.0),
        (Point("a", Area.HOLDING, 0, Type.BCD), 10000.0),
        (Point("a", Area.HOLDING, 0, Type.BCD), -1.0),
        (FLOAT, 1e300),
        (FLOAT, math.nan),
    ],
)
def test_numbers_that_do_not_fit_are_not_written(point: Point, value: float) -> None:
    with pytest.raises(DoesNotFit):
        registers_of(point, value)


def test_neighbours_are_read_together_and_distant_ones_apart() -> None:
    points = [Point("a", Area.HOLDING, 0), Point("b", Area.HOLDING, 17), Point("c", Area.HOLDING, 100)]
    assert [(item.address, item.count) for item in plan(points)] == [(0, 18), (100, 1)]
    assert [(item.address, item.count) for item in plan(points, gap=0)] == [(0, 1), (17, 1), (100, 1)]


def test_no_request_is_longer_than_the_standard_and_the_device_allow() -> None:
    points = [Point(str(n), Area.HOLDING, 2 * n, Type.F32) for n in range(100)]
    assert [item.count for item in plan(points)] == [124, 76]
    assert {item.count for item in plan(points, most=20)} == {20}


def test_areas_are_never_mixed() -> None:
    points = [Point("a", Area.HOLDING, 0), Point("b", Area.INPUT_REGISTERS, 1), Point("c", Area.COILS, 2, Type.BIT)]
    assert {item.area for item in plan(points)} == {Area.HOLDING, Area.INPUT_REGISTERS, Area.COILS}


def test_points_that_lie_in_one_another_are_read_once() -> None:
    points = [Point("word", Area.HOLDING, 5), *[Point(f"bit{n}", Area.HOLDING, 5, bit=n) for n in range(16)]]
    (request,) = plan(points)
    assert (request.count, values(request, [0x8001])["bit15"], values(request, [0x8001])["bit14"]) == (1, 1.0, 0.0)


def test_split_asks_for_each_point_alone() -> None:
    (request,) = plan([Point("a", Area.HOLDING, 0), Point("b", Area.HOLDING, 3, Type.F32)])
    assert [(item.address, item.count) for item in split(request)] == [(0, 1), (3, 2)]
    assert split(split(request)[0]) == ()


def test_too_few_registers_are_an_error() -> None:
    with pytest.raises(ValueError, match="1 of 2"):
        values(plan([FLOAT])[0], [1])


def test_table_is_read_as_staff_enter_it() -> None:
    listed = [{"name": "valve", "area": "coils", "address": 3, "type": "bit", "writes": {"open": 1, "close": 0}}]
    assert read_points(listed) == (Point("valve", Area.COILS, 3, Type.BIT, writes={"open": 1, "close": 0}),)


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ({"name": "", "area": "holding", "address": 1}, "name"),
        ({"name": "a", "area": "shelf", "address": 1}, "shelf"),
        ({"name": "a", "area": "holding", "address": 65535, "type": "f32"}, "address"),
        ({"name": "a", "area": "holding", "address": -1}, "address"),
        ({"name": "a", "area": "coils", "address": 1, "bit": 2, "type": "bit"}, "bit 0 to 15"),
        ({"name": "a", "area": "holding", "address": 1, "bit": 16}, "bit 0 to 15"),
        ({"name": "a", "area": "coils", "address": 1}, "type"),
        ({"name": "a", "area": "holding", "address": 1, "type": "bit"}, "type"),
        ({"name": "a", "area": "holding", "address": 1, "registers": 5}, "registers"),
        ({"name": "a", "area": "holding", "address": 1, "scale": 0}, "scale"),
        ({"name": "a", "area": "input", "address": 1, "writes": {"set": None}}, "written"),
        ({"area": "holding", "address": 1}, "name"),
    ],
)
def test_points_that_cannot_be_used_are_refused(point: dict[str, object], said: str) -> None:
    with pytest.raises(BadPoints, match=said):
        read_points([point])


def test_names_must_differ_and_there_must_be_some() -> None:
    point = {"name": "a", "area": "holding", "address": 1}
    with pytest.raises(BadPoints, match="twice"):
        read_points([point, point])
    with pytest.raises(BadPoints, match="0 points"):
        read_points([])


_points = st.builds(
    Point,
    name=st.just("x"),
    area=st.just(Area.HOLDING),
    address=st.integers(0, 65_000),
    type=st.sampled_from([Type.U16, Type.S16, Type.U32, Type.S32, Type.F32, Type.F64]),
    order=st.sampled_from(list(Order)),
)


@given(_points, st.integers(0, 32_000))
def test_what_was_written_is_read(point: Point, value: int) -> None:
    assert value_of(point, registers_of(point, value)) == value


@given(st.lists(_points, min_size=1, max_size=40), st.integers(0, 30), st.integers(4, 125))
def test_plans_read_every_point_whole(points: list[Point], gap: int, most: int) -> None:
    named = [replace(point, name=str(number)) for number, point in enumerate(points)]
    requests = plan(named, gap=gap, most=most)
    assert sorted(point.name for item in requests for point in item.points) == sorted(item.name for item in named)
    for item in requests:
        assert item.count <= most
        for point in item.points:
            assert item.address <= point.address
            assert point.address + point.count <= item.address + item.count
