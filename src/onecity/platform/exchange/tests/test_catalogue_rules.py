"""Rules of the catalogue: codes, cycles, suggestions, comparison, marks, throttling."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.calendar import WorkCalendar, WorkPeriod
from onecity.platform.exchange.rules.catalogue import EntrySaid, FieldSaid, faults
from onecity.platform.exchange.rules.comparing import Difference, differences
from onecity.platform.exchange.rules.cycles import due_at, months_later
from onecity.platform.exchange.rules.personal import holds_personal, is_bank_card, personal_kind
from onecity.platform.exchange.rules.resource_codes import (
    BadProviderNumber,
    BadResourceCode,
    class_level,
    compose,
    front_code,
    identifier,
    parent_class,
    parse,
)
from onecity.platform.exchange.rules.row_queries import BadQuery, read_condition, read_mark, write_mark
from onecity.platform.exchange.rules.suggesting import (
    ColumnSeen,
    KnownName,
    better_type,
    list_of,
    suggest,
    suggest_key,
)
from onecity.platform.exchange.rules.throttling import Throttle

CALENDAR = WorkCalendar((WorkPeriod(time(8, 30), time(11, 30)), WorkPeriod(time(13), time(17))))
TUESDAY = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
CITIZEN = ("11010519491231002X", "440524188001010014", "11010519491231002X", "440524188001010014")
CARDS = ("4111111111111111", "5500005555555559", "6011111111111117")


def test_the_example_of_a_code_is_read_and_written() -> None:
    assert compose("307014001", serial=123, digits=6, separator="/") == "307014001/000123"
    code = parse("307014001/000123", separator="/")
    assert (code.class_code, code.serial) == ("307014001", "000123")
    assert identifier("120001", back="000007") == "120001/000007"


@pytest.mark.parametrize(
    ("code", "level"), [("3", 1), ("307", 2), ("307014", 3), ("307014001", 4), ("30", 0), ("a", 0)]
)
def test_the_digits_say_the_level_of_a_class(code: str, level: int) -> None:
    assert class_level(code) == level


@pytest.mark.parametrize(("code", "parent"), [("3", ""), ("307", "3"), ("307014", "307"), ("30701400112", "307014")])
def test_a_class_lies_in_its_parent(code: str, parent: str) -> None:
    assert parent_class(code) == parent


def test_no_class_has_no_parent() -> None:
    with pytest.raises(ValueError, match="not a class code"):
        parent_class("30")


@given(
    st.sampled_from(["1", "203", "307014", "307014001", "3070140019"]),
    st.integers(1, 10**9),
    st.integers(1, 9),
    st.sampled_from(["/", "-", "::"]),
)
def test_a_code_reads_back_as_it_was_written(class_code: str, serial: int, digits: int, separator: str) -> None:
    code = parse(compose(class_code, serial=serial, digits=digits, separator=separator), separator=separator)
    assert (code.class_code, int(code.serial)) == (class_code, serial)


@pytest.mark.parametrize("text", ["", "307014001", "307014001/", "30/0001", "307014001/坏", "x/1"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(BadResourceCode):
        parse(text, separator="/")


def test_a_code_of_no_class_is_not_composed() -> None:
    with pytest.raises(BadResourceCode):
        compose("30", serial=1, digits=6, separator="/")


def test_front_codes_have_their_shape() -> None:
    assert front_code(province_digits="12", district_letter="0", department=1) == "120001"
    assert front_code(province_digits="12", district_letter="B", department=999) == "12B999"


@pytest.mark.parametrize(
    ("province", "letter", "department"),
    [("12", "I", 1), ("12", "O", 1), ("1", "0", 1), ("12", "0", 0), ("12", "0", 1000)],
)
def test_front_codes_that_cannot_be_are_refused(province: str, letter: str, department: int) -> None:
    with pytest.raises(BadProviderNumber):
        front_code(province_digits=province, district_letter=letter, department=department)


@pytest.mark.parametrize(
    ("cycle", "due"),
    [
        ("realtime", "2026-03-10T15:00:00+08:00"),
        ("daily", "2026-03-12T11:30:00+08:00"),
        ("weekly", "2026-03-18T11:30:00+08:00"),
        ("monthly", "2026-04-13T11:30:00+08:00"),
        ("quarterly", "2026-06-11T11:30:00+08:00"),
        ("half_yearly", "2026-09-11T11:30:00+08:00"),
        ("yearly", "2027-03-11T11:30:00+08:00"),
    ],
)
def test_each_cycle_has_its_next_date_with_grace(cycle: str, due: str) -> None:
    found = due_at(TUESDAY, cycle=cycle, grace_days=1, calendar=CALENDAR)
    assert found is not None
    assert found == datetime.fromisoformat(due)


@pytest.mark.parametrize("cycle", ["irregular", "not_updated"])
def test_cycles_without_a_date_are_never_due(cycle: str) -> None:
    assert due_at(TUESDAY, cycle=cycle, grace_days=1, calendar=CALENDAR) is None


def test_months_end_where_they_are_shorter() -> None:
    last = datetime.fromisoformat("2024-01-31T10:00:00+08:00")
    assert months_later(last, months=1) == datetime.fromisoformat("2024-02-29T10:00:00+08:00")
    assert months_later(last, months=12) == datetime.fromisoformat("2025-01-31T10:00:00+08:00")


@given(st.integers(946_684_800, 3_800_000_000), st.integers(1, 24))
def test_later_months_come_later(seconds: int, months: int) -> None:
    instant = datetime.fromtimestamp(seconds, UTC)
    later = months_later(instant, months=months)
    assert timedelta(days=27 * months) < later - instant < timedelta(days=32 * months)


FIELD = FieldSaid("a", "甲", True, "public", "", True)


def said(**changes: object) -> EntrySaid:
    values: dict[str, object] = {
        "title": "名录", "abstract": "一份足够长的摘要文字说明。", "class_code": "303", "sharing_type": "unconditional",
        "sharing_condition": "", "sharing_ground": "", "open_type": "none", "open_condition": "", "licence_code": "",
        "fields": [FIELD],
    }  # fmt: skip
    return EntrySaid(**{**values, **changes})  # type: ignore[arg-type]  # names are checked by the tests


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, set()),
        ({"title": ""}, {"title"}),
        ({"abstract": "短"}, {"abstract"}),
        ({"class_code": "3"}, {"class_code"}),
        ({"sharing_type": "none"}, {"sharing_ground"}),
        ({"sharing_type": "none", "sharing_ground": "某法第一条"}, set()),
        ({"sharing_type": "none", "sharing_ground": "法", "class_code": "101"}, {"sharing_type"}),
        ({"sharing_type": "conditional", "sharing_condition": " "}, {"sharing_condition"}),
        ({"open_type": "conditional", "licence_code": "x", "open_condition": "申请"}, set()),
        ({"open_type": "conditional", "licence_code": "x"}, {"open_condition"}),
        ({"open_type": "unconditional"}, {"licence_code"}),
        (
            {"open_type": "unconditional", "licence_code": "x", "sharing_type": "none", "sharing_ground": "法"},
            {"open_type"},
        ),
        (
            {
                "open_type": "unconditional",
                "licence_code": "x",
                "fields": [FieldSaid("a", "甲", True, "public", "", False)],
            },
            {"fields"},
        ),
        ({"fields": []}, {"fields"}),
        ({"fields": [FIELD, FIELD]}, {"fields"}),
        ({"fields": [FieldSaid("a", " ", True, "public", "", False)]}, {"fields"}),
        ({"fields": [FieldSaid("a", "甲", True, "sensitive", "", True)]}, {"fields"}),
        (
            {
                "sharing_type": "conditional",
                "sharing_condition": "条件",
                "fields": [FieldSaid("a", "甲", True, "public", "unconditional", False)],
            },
            {"fields"},
        ),
        ({"fields": [FieldSaid("a", "甲", True, "public", "conditional", False)]}, set()),
    ],
)
def test_faults_name_what_is_missing(changes: dict[str, object], named: set[str]) -> None:
    assert set(faults(said(**changes))) == named


def test_differences_of_items_and_fields() -> None:
    found = differences(
        {"title": "旧", "cycle": "daily"},
        after={"title": "新", "cycle": "daily"},
        fields_before=[{"name": "a", "title": "甲"}, {"name": "b", "title": "乙"}],
        fields_after=[{"name": "a", "title": "甲改"}, {"name": "c", "title": "丙"}],
    )
    assert found == [
        Difference("item", "changed", "title", "", "旧", "新"),
        Difference("field", "changed", "a", "title", "甲", "甲改"),
        Difference("field", "added", "c", "", None, "丙"),
        Difference("field", "removed", "b", "", "乙", None),
    ]


def column(name: str, *values: str, nullable: bool = True, comment: str = "") -> ColumnSeen:
    return ColumnSeen(name, "text", nullable, comment, values)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (CITIZEN, "citizen_id"),
        (("13800138000", "13912345678", "15011112222"), "phone"),
        (CARDS, "bank_card"),
        (("a@b.cn", "c@d.com", "e@f.org"), "email"),
        (("吉A12345", "京B1234D", "吉AD12345"), "plate"),
        (("长春市朝阳区人民大街1号", "吉林市船营区北京路22号3栋", "四平市铁西区英雄大街9号"), "address"),
        (("张三", "李四光", "王小明"), "name"),
        (("一楼", "二楼", "三楼"), ""),
        (("12345678901234567", "12345678901234568", "12345678901234569"), ""),
        (CITIZEN[:2], ""),
        ((), ""),
    ],
)
def test_personal_data_are_found_by_what_they_are(values: tuple[str, ...], kind: str) -> None:
    assert personal_kind(values) == kind


def test_one_wrong_value_in_five_does_not_hide_personal_data() -> None:
    assert personal_kind((*CITIZEN, "未登记")) == "citizen_id"
    assert personal_kind((*CITIZEN[:2], "未登记", "无")) == ""


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("4111111111111111", True),
        ("4111 1111 1111 1111", True),
        ("4111111111111112", False),
        ("1111111111111117", False),
        ("411111111111111", False),
        ("41111111111111a1", False),
    ],
)
def test_bank_cards_have_a_check_digit(number: str, right: bool) -> None:
    assert is_bank_card(number) is right


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("编号 12 的记录不对", False),
        ("请联系13800138000", True),
        ("身份证11010519491231002X重复", True),
        ("卡号4111111111111111", True),
        ("订单 20260310123456789", False),
    ],
)
def test_personal_data_in_a_text_are_noticed(words: str, found: bool) -> None:
    assert holds_personal(words) is found


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (("1", "-2", "30"), "integer"),
        (("1.5", "2", "-0.25"), "float"),
        (("007", "010"), "text"),
        (("2026-03-10", "2025-12-31"), "date"),
        (("2026-03-10 08:00:00", "2025-12-31T23:59"), "timestamp"),
        (("是", "否"), "boolean"),
        (("12345678901234567890", "1"), "text"),
        ((), "text"),
    ],
)
def test_the_type_of_a_text_column_is_what_all_values_have(values: tuple[str, ...], kind: str) -> None:
    assert better_type("text", values=values) == kind
    assert better_type("decimal", values=values) == "decimal"


def test_a_code_list_is_the_shortest_that_holds_all_values() -> None:
    lists = {"sex": frozenset("0129"), "yes_no": frozenset("01"), "wide": frozenset("0123456789")}
    assert list_of(["0", "1", "1"], code_lists=lists) == "yes_no"
    assert list_of(["1", "2", "9"], code_lists=lists) == "sex"
    assert list_of(["1", "1", "1"], code_lists=lists) == ""
    assert list_of(["1", "2"], code_lists=lists) == ""
    assert list_of(["x", "y", "z"], code_lists=lists) == ""


def test_a_suggestion_joins_name_values_and_comment() -> None:
    names = {"xm": KnownName("姓名", "name"), "bz": KnownName("备注")}
    found = suggest(column("XM", "甲", "乙", "丙"), names=names, code_lists={})
    assert (found.title, found.sensitivity, found.mask, found.type) == ("姓名", "sensitive", "masked_name", "text")
    found = suggest(column("c1", *CITIZEN), names=names, code_lists={})
    assert (found.title, found.sensitivity, found.personal) == ("公民身份号码", "highly_sensitive", "citizen_id")
    found = suggest(column("bz", "1", "0", "1", comment=" 标志 "), names=names, code_lists={"f": frozenset("01")})
    assert (found.title, found.type, found.code_list, found.sensitivity) == ("标志", "integer", "f", "internal")
    found = suggest(column("unknown", "1.5", "2.5", "3.5"), names=names, code_lists={"f": frozenset("01")})
    assert (found.title, found.type, found.code_list) == ("", "float", "")


def test_the_key_is_the_first_column_without_nulls_and_doubles() -> None:
    columns = [
        column("a", "1", "1", "2", nullable=False),
        column("b", "1", "2", "3"),
        column("c", "x", "y", "z", nullable=False),
    ]
    assert suggest_key(columns) == "c"
    assert suggest_key(columns[:2]) == ""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("amount:ge:1", ("amount", "ge", ("1",))),
        ("note:eq:a:b", ("note", "eq", ("a:b",))),
        ("note:eq:", ("note", "eq", ("",))),
        ("a:in:1,2", ("a", "in", ("1", "2"))),
        ("a:null:true", ("a", "null", ("true",))),
    ],
)
def test_conditions_are_read(text: str, parts: tuple[str, str, tuple[str, ...]]) -> None:
    assert read_condition(text) == parts


@given(st.text(max_size=40))
def test_no_condition_breaks_the_reader(text: str) -> None:
    try:
        name, operator, values = read_condition(text)
    except BadQuery:
        return
    assert text.startswith(f"{name}:{operator}")
    assert values


@given(st.text(max_size=20), st.lists(st.none() | st.text(max_size=20), min_size=1, max_size=4))
def test_a_mark_reads_back_for_its_own_order_only(order: str, values: list[str | None]) -> None:
    mark = write_mark(order, values=values)
    assert read_mark(mark, order=order, size=len(values)) == tuple(values)
    for other, size in ((f"{order}x", len(values)), (order, len(values) + 1)):
        with pytest.raises(BadQuery):
            read_mark(mark, order=other, size=size)


@pytest.mark.parametrize("mark", ["", "!!!", "bnVsbA", "W10", "WyIiLCBbMV1d"])
def test_a_mark_that_nobody_gave_out_is_refused(mark: str) -> None:
    with pytest.raises(BadQuery):
        read_mark(mark, order="", size=1)


def test_a_bucket_empties_and_fills_again() -> None:
    throttle = Throttle(2, 0.5)
    assert [throttle.wait("a", now=0.0) for _ in range(2)] == [0.0, 0.0]
    assert throttle.wait("a", now=0.0) == 2.0
    assert throttle.wait("b", now=0.0) == 0.0
    assert throttle.wait("a", now=2.0) == 0.0
    assert throttle.wait("a", now=2.0) > 0


def test_visitors_are_forgotten_when_there_are_too_many() -> None:
    throttle = Throttle(1, 1.0, most=3)
    for name in ("a", "b", "c"):
        throttle.wait(name, now=0.0)
    throttle.wait("d", now=0.5)  # nobody's bucket is full again, so all are forgotten
    assert throttle.wait("a", now=0.5) == 0.0
    throttle.wait("e", now=0.6)
    throttle.wait("f", now=30.0)  # these are full again, and forgotten
    assert set(throttle._buckets) <= {"f", "a", "d", "e"}
