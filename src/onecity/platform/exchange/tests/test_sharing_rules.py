"""Rules of sharing, without a database."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.clock import city_date
from onecity.kernel.identifiers.fault import InvalidIdentifier
from onecity.platform.exchange.rules.masks import MASKS
from onecity.platform.exchange.rules.sharing.chain import GENESIS, checksum, json_value, link
from onecity.platform.exchange.rules.sharing.identifiers import shown_subject, subject_of
from onecity.platform.exchange.rules.sharing.masks import masked_row, masked_value
from onecity.platform.exchange.rules.sharing.times import Night, months_inside, standing
from onecity.platform.exchange.rules.sharing.unusual import Watch, at_night, too_many, usual

DAY = date(2026, 3, 10)
WATCH = Watch(factor=5, least=50, night_least=10)


@pytest.mark.parametrize("mask", [*MASKS, "no_such_mask"])
def test_no_mask_shows_a_value_as_it_is(mask: str) -> None:
    assert masked_value("110105194912310046", mask=mask) != "110105194912310046"


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_stays_nothing_under_a_mask(nothing: str | None) -> None:
    assert masked_value(nothing, mask="masked_name") == nothing


def test_numbers_are_masked_as_their_digits() -> None:
    assert masked_value(13912345678, mask="masked_mobile") == "139****5678"


def test_row_keeps_what_has_no_mask() -> None:
    assert masked_row({"a": "张三", "b": 1}, masks={"a": "masked_name", "c": "masked_name"}) == {"a": "张*", "b": 1}


def test_grant_stands_from_its_first_to_its_last_day() -> None:
    said = [standing("active", starts=DAY, ends=DAY, today=DAY + timedelta(days=days)) for days in (-1, 0, 1)]
    assert said == ["授权尚未生效", "", "授权已到期"]


@pytest.mark.parametrize(("state", "why"), [("suspended", "暂停"), ("withdrawn", "撤销"), ("expired", "到期")])
def test_only_an_active_grant_stands(state: str, why: str) -> None:
    assert why in standing(state, starts=DAY, ends=DAY, today=DAY)


def test_night_goes_over_midnight() -> None:
    night = Night(22, 6)
    begin = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)
    hours = [hour for hour in range(24) if night.holds(begin + timedelta(hours=hour))]
    assert hours == [0, 1, 2, 3, 4, 5, 22, 23]


def test_night_may_lie_within_a_day() -> None:
    night = Night(1, 5)
    assert [hour for hour in range(24) if night.holds(datetime(2026, 3, 9, hour, tzinfo=UTC))] == [17, 18, 19, 20]


def test_day_is_the_citys() -> None:
    assert city_date(datetime(2026, 3, 9, 16, 0, tzinfo=UTC)) == DAY


def test_period_counts_both_days() -> None:
    assert months_inside(DAY, end=DAY, most_days=1)
    assert not months_inside(DAY, end=DAY + timedelta(days=1), most_days=1)


def test_usual_is_the_mean_of_days_with_queries() -> None:
    assert usual([0, 10, 0, 21]) == 16
    assert usual([]) == usual([0, 0]) == 0


@pytest.mark.parametrize(
    ("today", "before", "flagged"),
    [(49, [], False), (250, [], False), (251, [], True), (100, [20], False), (101, [20], True), (60, [1], True)],
)
def test_many_queries_are_flagged_beside_the_days_before(today: int, before: list[int], flagged: bool) -> None:
    assert too_many(today, before=before, watch=WATCH) is flagged


@pytest.mark.parametrize(
    ("tonight", "before", "flagged"), [(9, [], False), (10, [], True), (10, [2], False), (11, [2], True)]
)
def test_night_queries_are_flagged_beside_the_nights_before(tonight: int, before: list[int], flagged: bool) -> None:
    assert at_night(tonight, before=before, watch=WATCH) is flagged


def test_link_is_sm3_of_the_canonical_array() -> None:
    at = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    text = f'["{GENESIS}",1,"2026-03-10T12:00:00+00:00","核对",["a","b"]]'
    assert link(GENESIS, (1, at, "核对", ["a", "b"])) == sm3(text.encode()).hex()


@given(st.lists(st.text(max_size=8), min_size=1, max_size=5), st.integers(0, 4))
def test_any_change_of_a_receipt_changes_its_link(columns: list[str], place: int) -> None:
    changed = list(columns)
    changed[place % len(columns)] += "x"
    assert link(GENESIS, columns) != link(GENESIS, changed)
    assert link(GENESIS, columns) != link("1" * 64, columns)


def test_checksum_does_not_hang_on_the_order_of_names() -> None:
    known = sm3('[{"a":1,"b":"二"}]'.encode()).hex()
    assert checksum([{"a": 1, "b": "二"}]) == checksum([{"b": "二", "a": 1}]) == known
    assert checksum([]) == ""
    assert checksum([{"a": 1}, {"a": 2}]) != checksum([{"a": 2}, {"a": 1}])


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, True),
        (1.5, 1.5),
        ("二", "二"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 3, 10), "2026-03-10"),
        (time(8, 30), "08:30:00"),
        (datetime(2026, 3, 10, 8, 30), "2026-03-10T08:30:00"),  # noqa: DTZ001  # what a source without zones says
        (datetime.fromisoformat("2026-03-10T08:30:00+08:00"), "2026-03-10T00:30:00+00:00"),
        (b"\x01\xff", "01ff"),
        ([1], "[1]"),
    ],
)
def test_values_cross_borders_as_plain_json(value: object, written: object) -> None:
    assert json_value(value) == written


def test_subjects_are_read_in_their_standard_form() -> None:
    assert subject_of(" 11010519491231002x ", kind="citizen_id") == "11010519491231002X"
    assert subject_of("91350100M000100Y43", kind="uscc") == "91350100M000100Y43"
    assert shown_subject("11010519491231002X", kind="citizen_id") == "110105********002X"
    assert shown_subject("91350100M000100Y43", kind="uscc") == "91350100M000100Y43"
    with pytest.raises(InvalidIdentifier):
        subject_of("110105194912310021", kind="citizen_id")
    with pytest.raises(ValueError, match="passport"):
        subject_of("x", kind="passport")
