"""Rules of devices: arguments, shadows, campaigns, mappings, ranges, tables."""

import csv
import io

import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from onecity.kernel.errors import Invalid
from onecity.platform.iot.contracts.filters import DeviceFilter, filter_of
from onecity.platform.iot.declare import Argument, Choice, Protocol, ValueKind
from onecity.platform.iot.rules.arguments import DEEPEST, checked, typed
from onecity.platform.iot.rules.campaigns import batch_of, checked_batches, too_many_failed
from onecity.platform.iot.rules.lists import tags_of
from onecity.platform.iot.rules.mapping import fields_of
from onecity.platform.iot.rules.shadows import delta, effective, fits, merged, same
from onecity.platform.iot.rules.tables import UnreadableList, line_count, pieces
from onecity.platform.iot.services.firmware.ranges import BadRange, range_of
from onecity.platform.iot.tests.factories import AIR

OPENING = Argument("opening", "开度", ValueKind.INTEGER, "%", 0, 100)
MODE = Argument("mode", "模式", ValueKind.ENUMERATION, choices=(Choice(1, "手动"), Choice(2, "自动")))
NOTE = Argument("note", "说明", ValueKind.TEXT, needed=False, longest=3)
ON = Argument("on", "开", ValueKind.BOOLEAN)
TREE = Argument("tree", "参数", ValueKind.OBJECT)
SPEED = Argument("speed", "速度", ValueKind.NUMBER, lowest=0.5)


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (OPENING, 0),
        (OPENING, 100),
        (MODE, 2),
        (NOTE, "三个字"),
        (ON, False),
        (TREE, {"a": [1]}),
        (SPEED, 0.5),
        (SPEED, 9),
    ],
)
def test_argument_within_its_bounds_is_taken(spec: Argument, value: object) -> None:
    assert checked([spec], {spec.code: value}) == {spec.code: value}


def nested(depth: int) -> object:
    return {} if depth == 0 else {"a": nested(depth - 1)}


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (OPENING, -1),
        (OPENING, 101),
        (OPENING, 1.5),
        (OPENING, True),
        (OPENING, "5"),
        (MODE, 3),
        (NOTE, "四个字了"),
        (NOTE, 5),
        (NOTE, "a\0"),
        (ON, 1),
        (TREE, 5),
        (TREE, nested(DEEPEST + 1)),
        (SPEED, 0.4),
        (SPEED, float("nan")),
        (SPEED, float("inf")),
    ],
)
def test_argument_beyond_its_bounds_is_named(spec: Argument, value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        checked([spec], {spec.code: value})
    assert list(refusal.value.fields) == [spec.code]


def test_missing_and_unknown_arguments_are_named_and_optional_ones_left_out() -> None:
    with pytest.raises(Invalid) as refusal:
        checked([OPENING, NOTE], {"other": 1})
    assert set(refusal.value.fields) == {"opening", "other"}
    assert checked([OPENING, NOTE], {"opening": 5.0, "note": None}) == {"opening": 5}


@pytest.mark.parametrize(
    ("spec", "text", "value"),
    [
        (OPENING, "5", 5),
        (SPEED, "-1.5", -1.5),
        (SPEED, "fast", "fast"),
        (ON, "true", True),
        (ON, "0", False),
        (NOTE, "x", "x"),
    ],
)
def test_typed_text_becomes_a_value_of_its_kind(spec: Argument, text: str, value: object) -> None:
    assert typed(spec, text) == value


values = st.dictionaries(
    st.sampled_from("abcd"), st.integers(0, 2) | st.booleans() | st.lists(st.integers(0, 1), max_size=2)
)
changes = st.dictionaries(st.sampled_from("abcd"), st.none() | st.integers(0, 2) | st.booleans())


@given(values, changes)
def test_effective_change_makes_the_same_state(state: dict[str, object], given_: dict[str, object]) -> None:
    needed = effective(state, given_)
    assert same(merged(state, needed), merged(state, given_))
    assert not effective(merged(state, given_), given_)


@given(values, values)
def test_reporting_the_delta_leaves_none(desired: dict[str, object], reported: dict[str, object]) -> None:
    assert delta(desired, merged(reported, delta(desired, reported))) == {}


def test_one_is_not_true_but_one_point_zero_is_one() -> None:
    assert not same(1, True)
    assert same({"a": [1.0]}, {"a": [1]})
    assert not same({"a": 1}, {"b": 1})
    assert not same([1], [1, 2])


def test_state_that_is_too_large_does_not_fit() -> None:
    assert fits({"a": 1})
    assert not fits({"a": "字" * 40_000})
    assert not fits({str(number): 1 for number in range(501)})


@pytest.mark.parametrize("shares", [[100], [10, 50, 100], list(range(81, 101))])
def test_rising_shares_up_to_a_hundred_are_batches(shares: list[int]) -> None:
    assert checked_batches(shares) == shares


@pytest.mark.parametrize("shares", [[], [50], [50, 50, 100], [0, 100], [100, 50], [50, 101], list(range(80, 101))])
def test_other_shares_are_no_batches(shares: list[int]) -> None:
    with pytest.raises(Invalid):
        checked_batches(shares)


@given(st.integers(1, 400), st.lists(st.integers(1, 99), max_size=5, unique=True))
def test_every_device_is_in_one_batch_and_batches_follow_each_other(total: int, shares: list[int]) -> None:
    rising = [*sorted(shares), 100]
    batches = [batch_of(place, total=total, shares=rising) for place in range(total)]
    assert batches == sorted(batches)
    assert batches[0] == 0
    for number, share in enumerate(rising):
        assert sum(batch <= number for batch in batches) == max(1, total * share // 100)


@pytest.mark.parametrize(
    ("done", "failed", "most", "stop"),
    [(0, 4, 20, False), (0, 5, 20, True), (4, 1, 20, False), (3, 2, 20, True), (0, 9, 100, False)],
)
def test_campaign_stops_when_enough_devices_failed(done: int, failed: int, most: int, stop: bool) -> None:
    assert too_many_failed(done=done, failed=failed, most=most) is stop


def test_product_names_a_property_instead_of_its_type() -> None:
    fields = fields_of(AIR, protocol=Protocol.HJ212, mapping={"PM": {"property": "pm2_5", "scale": 1000}})
    assert fields["PM"].scale == 1000
    assert "a34004" not in fields
    assert fields["a01002"].property_code == "humidity"


@pytest.mark.parametrize("item", [5, {}, {"property": 1}, {"property": "pm2_5", "scale": 0}, {"property": "none"}])
def test_mapping_that_does_not_fit_is_passed_over(item: object) -> None:
    assert set(fields_of(AIR, protocol=Protocol.HJ212, mapping={"PM": item})) == {"a34004", "a21005", "a01002"}
    assert fields_of(None, protocol=Protocol.HJ212, mapping={"PM": item}) == {}


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", (0, 100)),
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=50-500", (50, 100)),
        ("bytes=9-2", (0, 100)),
        ("bytes=0-1,5-6", (0, 100)),
        ("lines=0-1", (0, 100)),
        ("bytes=-", (0, 100)),
    ],
)
def test_range_is_read(header: str, found: tuple[int, int]) -> None:
    assert range_of(header, size=100) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=-0", "bytes=200-300"])
def test_range_beyond_the_end_is_refused(header: str) -> None:
    with pytest.raises(BadRange):
        range_of(header, size=100)


def test_filter_survives_being_stored_and_strange_values_are_passed_over() -> None:
    chosen = DeviceFilter(type_code="gauge.air", organisation_id=3)
    assert filter_of(chosen.plain()) == chosen
    assert filter_of({"type_code": 5, "unknown": "x", "parent_id": 2}) == DeviceFilter(parent_id=2)


def test_tags_are_apart_by_what_people_type() -> None:
    assert tags_of("试点，二期; 井盖 试点") == ("试点", "二期", "井盖")


TITLES = ["设备标识", "设备名称", "设备类型", "接入协议", "机构编码", "备注"]
ROWS = [
    ["K1", "一号", "gauge.air", "mqtt", "101", "x"],
    ["", "", "", "", "", ""],
    ["K2", "二号", "gauge.air", "http", "101", ""],
]


def as_csv(encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([TITLES, *ROWS])
    return text.getvalue().encode(encoding)


def as_xlsx() -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, row in enumerate([TITLES, *ROWS]):
        sheet.write_row(number, 0, [int(cell) if cell.isdigit() else cell for cell in row])
    book.close()
    return file.getvalue()


def as_parquet() -> bytes:
    file = io.BytesIO()
    columns = {title: [row[place] or None for row in ROWS] for place, title in enumerate(TITLES)}
    parquet.write_table(pa.table(columns), file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [(as_csv("utf-8-sig"), "csv"), (as_csv("gb18030"), "csv"), (as_xlsx(), "xlsx"), (as_parquet(), "parquet")],
    ids=["utf-8", "gb18030", "xlsx", "parquet"],
)
def test_list_is_read_whatever_its_kind(content: bytes, kind: str) -> None:
    found = [line for piece in pieces(io.BytesIO(content), kind=kind) for line in piece]
    assert [(line.number, line.value("key"), line.value("organisation")) for line in found] == [
        (2, "K1", "101"),
        (4, "K2", "101"),
    ]
    assert line_count(io.BytesIO(content), kind=kind) == {"csv": 3, "parquet": 3, "xlsx": 0}[kind]


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"a,b\n1,2\n", "csv"), (b"\xff\xff\xff\xff\xff", "csv"), (b"PK", "xlsx"), (b"PAR1", "parquet"), (b"", "csv")],
)
def test_what_is_no_list_is_refused(content: bytes, kind: str) -> None:
    with pytest.raises(UnreadableList):
        list(pieces(io.BytesIO(content), kind=kind))


def test_length_that_only_reading_would_tell_is_nought() -> None:
    assert line_count(io.BytesIO(b"PAR1"), kind="parquet") == 0
