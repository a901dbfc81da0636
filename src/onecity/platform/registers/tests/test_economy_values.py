"""Figures as they were published: nothing is overwritten, everything can be withdrawn."""

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import audited, make_actor, make_organisation
from onecity.platform.registers.contracts.economy import NewSeries, NewValue, Period
from onecity.platform.registers.models import EconomicSeries, EconomicTable, EconomicValue
from onecity.platform.registers.permissions import MAINTAIN_ECONOMY, VIEW_ECONOMY
from onecity.platform.registers.selectors.economy import (
    LineKey,
    UnknownSeries,
    lines,
    population_series,
    series_by_code,
    table_for,
    versions,
)
from onecity.platform.registers.services.economy.series import (
    SeriesExists,
    UnitIsFixed,
    change_series,
    define_series,
)
from onecity.platform.registers.services.economy.tables import (
    AlreadyWithdrawn,
    NewTable,
    TakenBefore,
    take_table,
    withdraw_table,
)
from onecity.platform.registers.services.economy.values import MOST_AT_ONCE, Publication, record_values
from onecity.platform.registers.tests.economy_factories import (
    ACTOR,
    CHAOYANG,
    CITY,
    EARLY,
    LATE,
    Y2022,
    Y2023,
    make_series,
    make_value,
)
from onecity.platform.registers.tests.moments import NOON

pytestmark = pytest.mark.django_db


def current(*, known_on: date | None = None, period: Period = Y2023) -> str | None:
    found = lines(ACTOR, series=["gdp"], known_on=known_on).get(LineKey("gdp", CITY), {})
    value = found[period].value if period in found else None
    return None if value is None else str(value.normalize())


def stored() -> int:
    return EconomicValue.objects.count()


def table(digest: str = "aa", *, published_on: date = EARLY, stage: str = "preliminary") -> NewTable:
    organisation_id = EconomicSeries.objects.get(code="gdp").organisation_id
    return NewTable("主要指标", "主要指标.xlsx", digest, organisation_id, Publication(published_on, stage))


def value(number: str, *, period: Period = Y2023) -> NewValue:
    return NewValue("gdp", CITY, period, Decimal(number), stated=number, cell="B2")


def test_revision_stands_and_what_was_said_before_stays_known() -> None:
    make_series()
    make_value("7002.06", published_on=EARLY)
    make_value("7100.5", published_on=LATE, stage="final")
    assert current() == "7100.5"
    assert current(known_on=EARLY) == "7002.06"
    assert current(known_on=date(2024, 1, 1)) is None
    assert [row.stage for row in versions(ACTOR, series="gdp", division_code=CITY, period=Y2023)] == [
        "final", "preliminary",
    ]  # fmt: skip


def test_earlier_publication_that_comes_late_changes_nothing_now() -> None:
    make_series()
    make_value("7100.5", published_on=LATE, stage="final")
    assert make_value("7002.06", published_on=EARLY) == (1, 0)
    assert current() == "7100.5"
    assert current(known_on=EARLY) == "7002.06"


def test_final_figure_outranks_a_preliminary_one_of_the_same_day() -> None:
    make_series()
    make_value("2", stage="final")
    make_value("1", stage="preliminary")
    assert current() == "2"
    assert current(known_on=EARLY) == "2"


def test_same_figure_typed_in_again_is_not_recorded() -> None:
    make_series()
    make_value("7002.06")
    assert make_value("7002.060") == (0, 1)
    assert stored() == 1


def test_same_figure_at_a_later_stage_is_recorded() -> None:
    make_series()
    make_value("7002.06")
    assert make_value("7002.06", stage="final", published_on=LATE) == (1, 0)
    assert stored() == 2


def test_figure_that_does_not_exist_is_recorded_with_its_mark() -> None:
    make_series()
    make_value(None, mark="nil")
    found = lines(ACTOR, series=["gdp"])[LineKey("gdp", CITY)][Y2023]
    assert (found.value, found.mark) == (None, "nil")


def test_value_without_number_or_mark_is_refused() -> None:
    make_series()
    for number, mark in ((None, ""), ("1", "nil")):
        with pytest.raises(Invalid) as refusal:
            make_value(number, mark=mark)
        assert "value" in refusal.value.fields


def test_figure_of_the_future_is_refused() -> None:
    make_series()
    with pytest.raises(Invalid) as refusal:
        make_value("1", published_on=date(2026, 3, 11))
    assert "published_on" in refusal.value.fields


def test_figure_of_today_is_taken_before_the_day_begins_in_utc() -> None:
    make_series()
    early = datetime(2026, 3, 10, 17, tzinfo=UTC)  # one in the morning of the 11th
    assert make_value("1", published_on=date(2026, 3, 11), now=early) == (1, 0)


def test_unknown_stage_is_refused() -> None:
    make_series()
    with pytest.raises(Invalid) as refusal:
        make_value("1", stage="guessed")
    assert "stage" in refusal.value.fields


def test_unknown_series_is_refused_by_name() -> None:
    with pytest.raises(UnknownSeries, match="nothing"):
        make_value("1", series="nothing")


def test_figure_named_twice_is_refused() -> None:
    make_series()
    with pytest.raises(Invalid, match="出现了两次"):
        record_values(ACTOR, values=[value("1"), value("2")], publication=Publication(EARLY, "final"), now=NOON)


def test_too_many_figures_at_once_are_refused() -> None:
    values = [value("1", period=Period(year, "month", 1)) for year in (1990, 1991)] * MOST_AT_ONCE
    with pytest.raises(Invalid, match="最多录入"):
        record_values(ACTOR, values=values, publication=Publication(EARLY, "final"), now=NOON)


def test_only_the_department_records_its_figures() -> None:
    mine, other = make_organisation("统计局"), make_organisation("发改委")
    make_series(organisation=mine)
    stranger = make_actor(MAINTAIN_ECONOMY, organisation=other)
    publication = Publication(EARLY, "final")
    with pytest.raises(NotPermitted):
        record_values(stranger, values=[value("1")], publication=publication, now=NOON)
    owner = make_actor(MAINTAIN_ECONOMY, organisation=mine)
    assert record_values(owner, values=[value("1")], publication=publication, now=NOON) == (1, 0)


def test_figures_are_seen_within_scope_only() -> None:
    mine = make_organisation("统计局")
    make_series(organisation=mine)
    make_value("1")
    make_value("2", division=CHAOYANG)
    assert lines(make_actor(VIEW_ECONOMY, organisation=make_organisation("发改委")), series=["gdp"]) == {}
    assert len(lines(make_actor(VIEW_ECONOMY, organisation=mine), series=["gdp"])) == 2
    county = make_actor(VIEW_ECONOMY, division=CHAOYANG)
    assert list(lines(county, series=["gdp"])) == [LineKey("gdp", CHAOYANG)]


def test_typing_in_a_figure_leaves_a_trace() -> None:
    series = make_series()
    make_value("1")
    assert ("registers.record_figures", "done") in audited(f"registers.economicseries:{series.id}")


def test_table_is_taken_whole_and_told_to_others(heard: object) -> None:
    make_series()
    taken = take_table(ACTOR, new=table(), values=[value("1"), value("2", period=Y2022)], now=NOON)
    assert (taken.taken, taken.unchanged) == (2, 0)
    assert (current(), current(period=Y2022)) == ("1", "2")
    assert audited(f"registers.economictable:{taken.table_id}") == [("registers.take_economic_table", "done")]


def test_table_with_one_bad_value_takes_nothing() -> None:
    make_series()
    bad = dataclasses.replace(value("1"), series="nothing")
    with pytest.raises(UnknownSeries):
        take_table(ACTOR, new=table(), values=[value("2"), bad], now=NOON)
    assert (stored(), EconomicTable.objects.count()) == (0, 0)


def test_table_without_values_is_refused() -> None:
    make_series()
    with pytest.raises(Invalid, match="没有可以入库"):
        take_table(ACTOR, new=table(), values=[], now=NOON)


def test_same_table_counts_once_until_it_is_withdrawn() -> None:
    make_series()
    first = take_table(ACTOR, new=table(), values=[value("1")], now=NOON)
    with pytest.raises(TakenBefore, match="主要指标"):
        take_table(ACTOR, new=table(), values=[value("1")], now=NOON)
    withdraw_table(ACTOR, table_id=first.table_id, reason="口径有误", now=NOON)
    assert take_table(ACTOR, new=table(), values=[value("1")], now=NOON).taken == 1


def test_withdrawn_table_gives_way_to_what_stood_before() -> None:
    make_series()
    make_value("1", published_on=EARLY)
    taken = take_table(ACTOR, new=table(published_on=LATE, stage="final"), values=[value("9")], now=NOON)
    assert current() == "9"
    withdraw_table(ACTOR, table_id=taken.table_id, reason="口径有误", now=NOON)
    assert current() == "1"
    assert stored() == 2
    assert ("registers.withdraw_economic_table", "done") in audited(f"registers.economictable:{taken.table_id}")


def test_withdrawn_table_leaves_nothing_where_nothing_stood() -> None:
    make_series()
    taken = take_table(ACTOR, new=table(), values=[value("9")], now=NOON)
    withdraw_table(ACTOR, table_id=taken.table_id, reason="口径有误", now=NOON)
    assert current() is None
    assert current(known_on=LATE) is None


def test_withdrawn_old_table_does_not_touch_what_stands() -> None:
    make_series()
    old = take_table(ACTOR, new=table("old"), values=[value("1")], now=NOON)
    take_table(ACTOR, new=table("new", published_on=LATE), values=[value("2")], now=NOON)
    withdraw_table(ACTOR, table_id=old.table_id, reason="口径有误", now=NOON)
    assert current() == "2"


def test_figure_that_two_tables_tell_outlives_the_first() -> None:
    make_series()
    first = take_table(ACTOR, new=table("one"), values=[value("5")], now=NOON)
    second = take_table(ACTOR, new=table("two"), values=[value("5")], now=NOON)
    assert (second.taken, second.unchanged) == (0, 1)
    withdraw_table(ACTOR, table_id=first.table_id, reason="口径有误", now=NOON)
    assert current() == "5"


def test_withdrawing_needs_a_reason_a_table_and_a_right() -> None:
    make_series()
    taken = take_table(ACTOR, new=table(), values=[value("5")], now=NOON)
    with pytest.raises(Invalid) as refusal:
        withdraw_table(ACTOR, table_id=taken.table_id, reason="错", now=NOON)
    assert "reason" in refusal.value.fields
    with pytest.raises(NotFound):
        withdraw_table(ACTOR, table_id=0, reason="口径有误", now=NOON)
    stranger = make_actor(MAINTAIN_ECONOMY, organisation=make_organisation("发改委"))
    with pytest.raises(NotPermitted):
        withdraw_table(stranger, table_id=taken.table_id, reason="口径有误", now=NOON)
    withdraw_table(ACTOR, table_id=taken.table_id, reason="口径有误", now=NOON)
    with pytest.raises(AlreadyWithdrawn):
        withdraw_table(ACTOR, table_id=taken.table_id, reason="口径有误", now=NOON)


def test_table_is_taken_for_ones_own_department_only() -> None:
    make_series()
    stranger = make_actor(MAINTAIN_ECONOMY, organisation=make_organisation("发改委"))
    with pytest.raises(NotPermitted):
        take_table(stranger, new=table(), values=[value("1")], now=NOON)


def test_table_of_others_is_not_found() -> None:
    make_series()
    taken = take_table(ACTOR, new=table(), values=[value("1")], now=NOON)
    with pytest.raises(NotFound):
        table_for(make_actor(VIEW_ECONOMY, organisation=make_organisation("发改委")), taken.table_id)


def test_code_is_taken_once() -> None:
    make_series()
    with pytest.raises(SeriesExists):
        make_series()


@pytest.mark.parametrize(("field", "given"), [("code", "GDP"), ("name", " "), ("unit", "斗")])
def test_bad_definition_is_refused_at_its_field(field: str, given: str) -> None:
    new = NewSeries("x1", "名", "flow", "亿元", make_organisation().id)
    with pytest.raises(Invalid) as refusal:
        define_series(ACTOR, new=dataclasses.replace(new, **{field: given}), now=NOON)  # type: ignore[arg-type]  # all are texts
    assert set(refusal.value.fields) == {field}


def redefined(code: str = "gdp", **changes: object) -> NewSeries:
    row = EconomicSeries.objects.get(code=code)
    new = NewSeries(code, row.name, "flow", row.unit, row.organisation_id, whole=row.whole.code if row.whole else "")
    return dataclasses.replace(new, **changes)  # type: ignore[arg-type]  # names and types stand in the class


def test_unit_is_fixed_once_there_are_values() -> None:
    make_series()
    assert change_series(ACTOR, new=redefined(unit="万元")).unit == "万元"
    make_value("1")
    with pytest.raises(UnitIsFixed):
        change_series(ACTOR, new=redefined(unit="亿元"))


def test_series_is_not_a_part_of_itself_through_others() -> None:
    make_series("a")
    make_series("b", whole="a")
    with pytest.raises(Invalid) as refusal:
        change_series(ACTOR, new=redefined("a", whole="b"))
    assert "whole" in refusal.value.fields


def test_unknown_whole_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        make_series("a", whole="nothing")
    assert "whole" in refusal.value.fields


def test_one_series_is_the_population() -> None:
    make_series("old", is_population=True, kind="stock", unit="万人")
    make_series("new", is_population=True, kind="stock", unit="万人")
    found = population_series()
    assert found is not None
    assert found.code == "new"


def test_series_that_changes_department_takes_its_figures_along() -> None:
    make_series()
    make_value("1")
    other = make_organisation("发改委")
    change_series(ACTOR, new=redefined(organisation_id=other.id))
    assert len(lines(make_actor(VIEW_ECONOMY, organisation=other), series=["gdp"])) == 1


def test_definition_is_changed_by_its_department_only() -> None:
    make_series()
    stranger = make_actor(MAINTAIN_ECONOMY, organisation=make_organisation("发改委"))
    with pytest.raises(NotPermitted):
        change_series(stranger, new=redefined())
    with pytest.raises(NotFound):
        change_series(ACTOR, new=dataclasses.replace(redefined(), code="nothing"))
    with pytest.raises(UnknownSeries):
        series_by_code("nothing")
