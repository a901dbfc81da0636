"""Outlets: means by data marks, permit limits, shares and multiples, effective transmission."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.environment.rules.outlets.codes import FACTOR_OF_SHARE
from onecity.domains.environment.rules.outlets.factors import FACTORS_OF, HJ212_CODES, Factor, Kind
from onecity.domains.environment.rules.outlets.judging import Basis, Limit, Span, judge, limit_on, share_of
from onecity.domains.environment.rules.outlets.means import (
    FIRST_METHOD,
    Method,
    PeriodMean,
    Sample,
    method_on,
    period_mean,
)
from onecity.domains.environment.rules.outlets.transmission import Transmission, expected_hours

D = Decimal
DAY = date(2026, 3, 10)
START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def samples(*pairs: tuple[str, str]) -> list[Sample]:
    return [Sample(D(value) if value else None, mark) for value, mark in pairs]


def limit(upper: str | None = "50", lower: str | None = None, **changes: object) -> Limit:
    values: dict[str, object] = {
        "factor": Factor.PH if lower else Factor.COD,
        "span": Span.HOUR,
        "basis": Basis.MEASURED,
        "upper": None if upper is None else D(upper),
        "lower": None if lower is None else D(lower),
        "valid_from": date(2026, 1, 1),
    }
    return Limit(**{**values, **changes})  # type: ignore[arg-type]  # a row of cases


def mean(value: str | None, *, converted: str | None = None, valid: bool = True) -> PeriodMean:
    made = None if value is None else D(value)
    return PeriodMean(made, None if converted is None else D(converted), "N" if valid else "M", valid, 1, int(valid))


@pytest.mark.parametrize("mark", ["F", "M", "S", "C", "D", "B", "Z"])
def test_one_abnormal_value_makes_waste_water_s_period_abnormal(mark: str) -> None:
    found = period_mean(
        samples(("40", "N"), ("50", "N"), ("900", mark)), kind=Kind.WATER, factor=Factor.COD, method=FIRST_METHOD
    )
    assert (found.valid, found.mark, found.mean, found.count, found.normal) == (False, mark, D(45), 3, 2)


@pytest.mark.parametrize("mark", ["N", "T", "L", ""])
def test_values_beyond_the_range_still_count(mark: str) -> None:
    found = period_mean(samples(("40", mark)), kind=Kind.WATER, factor=Factor.COD, method=FIRST_METHOD)
    assert (found.valid, found.mark, found.mean) == (True, "N", D(40))


@pytest.mark.parametrize(("normal", "valid"), [(3, True), (2, False), (4, True), (0, False)])
def test_three_quarters_of_normal_values_make_waste_gas_normal(normal: int, valid: bool) -> None:
    parts = samples(*[("20", "N")] * normal, *[("500", "C")] * (4 - normal))
    found = period_mean(parts, kind=Kind.GAS, factor=Factor.SO2, method=FIRST_METHOD)
    assert (found.valid, found.mark) == (valid, "N" if valid else "D")
    assert found.mean == (D(20) if normal else None)


def test_period_without_values_is_not_valid() -> None:
    found = period_mean([], kind=Kind.WATER, factor=Factor.COD, method=FIRST_METHOD)
    assert (found.valid, found.mean, found.mark) == (False, None, "N")
    nothing = period_mean(samples(("", "N")), kind=Kind.WATER, factor=Factor.COD, method=FIRST_METHOD)
    assert (nothing.valid, nothing.mean) == (False, None)


def test_day_needs_its_hours() -> None:
    parts = samples(*[("20", "N")] * 17)
    assert not period_mean(parts, kind=Kind.GAS, factor=Factor.SO2, method=FIRST_METHOD, needed=18).valid
    assert period_mean(
        samples(*[("20", "N")] * 18), kind=Kind.GAS, factor=Factor.SO2, method=FIRST_METHOD, needed=18
    ).valid


def test_waste_water_is_averaged_by_flow_but_not_its_ph() -> None:
    parts = [Sample(D(100), "N", flow=D(1)), Sample(D(10), "N", flow=D(9))]
    assert period_mean(parts, kind=Kind.WATER, factor=Factor.COD, method=FIRST_METHOD).mean == D(19)
    assert period_mean(parts, kind=Kind.WATER, factor=Factor.PH, method=FIRST_METHOD).mean == D(55)
    assert period_mean(parts, kind=Kind.GAS, factor=Factor.SO2, method=FIRST_METHOD).mean == D(55)
    still = [Sample(D(100), "N", flow=D(0)), Sample(D(10), "N", flow=D(0))]
    assert period_mean(still, kind=Kind.WATER, factor=Factor.COD, method=FIRST_METHOD).mean == D(55)
    unknown = [Sample(D(100), "N", flow=D(1)), Sample(D(10), "N")]
    assert period_mean(unknown, kind=Kind.WATER, factor=Factor.COD, method=FIRST_METHOD).mean == D(55)


def test_limit_itself_is_kept_and_a_little_more_exceeds() -> None:
    kept, passed = judge(mean("50"), limit=limit()), judge(mean("50.0001"), limit=limit())
    assert kept is not None
    assert passed is not None
    assert (kept.exceeds, kept.share, kept.multiple) == (False, D(100), None)
    assert (passed.exceeds, passed.share, passed.multiple) == (True, D("100.01"), D("0.00"))
    twice = judge(mean("125"), limit=limit())
    assert twice is not None
    assert (twice.share, twice.multiple) == (D(250), D("1.50"))


@pytest.mark.parametrize(
    ("value", "exceeds", "share"),
    [("6", False, "100"), ("9", False, "100"), ("7.5", False, "0"), ("5.9", True, "106.67"), ("9.3", True, "120")],
)
def test_ph_must_lie_within_its_range(value: str, exceeds: bool, share: str) -> None:
    found = judge(mean(value), limit=limit("9", "6"))
    assert found is not None
    assert (found.exceeds, found.share, found.multiple) == (exceeds, D(share), None)


def test_converted_concentration_is_held_against_the_limit_that_asks_for_it() -> None:
    told = mean("20", converted="60")
    by_converted, by_measured = judge(told, limit=limit(basis=Basis.CONVERTED)), judge(told, limit=limit())
    assert by_converted is not None
    assert by_measured is not None
    assert (by_converted.value, by_converted.exceeds, by_measured.exceeds) == (D(60), True, False)
    assert judge(mean("20"), limit=limit(basis=Basis.CONVERTED)) is None


def test_what_is_not_valid_or_not_limited_is_not_judged() -> None:
    assert judge(mean("500", valid=False), limit=limit()) is None
    assert judge(mean(None), limit=limit()) is None
    assert judge(mean("500"), limit=limit(None)) is None


def test_limit_of_nought_is_passed_by_anything() -> None:
    found = judge(mean("0.1"), limit=limit("0"))
    assert found is not None
    assert (found.exceeds, found.share, found.multiple) == (True, D(200), None)
    assert share_of(D(0), limit=limit("0")) == 0
    assert share_of(D(7), limit=limit("7", "7")) == 0
    assert share_of(D(8), limit=limit("7", "7")) == 200


@given(
    value=st.decimals(min_value=0, max_value=10_000, places=4),
    upper=st.decimals(min_value=0, max_value=1_000, places=3),
)
def test_share_is_above_a_hundred_exactly_where_the_limit_is_passed(value: Decimal, upper: Decimal) -> None:
    found = judge(PeriodMean(value, None, "N", valid=True, count=1, normal=1), limit=limit(str(upper)))
    assert found is not None
    assert found.exceeds == (value > upper) == (found.share > 100)


def test_limit_holds_from_its_day_until_the_next_and_may_be_lifted() -> None:
    rows = [limit("50"), limit("40", valid_from=DAY), limit(None, valid_from=date(2027, 1, 1)), limit(span=Span.DAY)]

    def upper(day: date) -> Decimal | None:
        found = limit_on(day, factor=Factor.COD, span=Span.HOUR, limits=rows)
        return found.upper if found else None

    assert [upper(day) for day in (date(2025, 1, 1), date(2026, 3, 9), DAY, date(2027, 1, 1))] == [
        None,
        D(50),
        D(40),
        None,
    ]
    assert limit_on(DAY, factor=Factor.NH3N, span=Span.HOUR, limits=rows) is None


def test_method_before_the_first_one_is_the_first() -> None:
    newer = Method(date(2030, 1, 1), "N", 90, 80, False, 24, 24, 95)
    assert method_on(date(1999, 1, 1), methods=[newer, FIRST_METHOD]) is FIRST_METHOD
    assert method_on(date(2031, 1, 1), methods=[newer, FIRST_METHOD]) is newer
    assert (newer.share(Kind.WATER), newer.share(Kind.GAS), newer.hours(Kind.WATER)) == (90, 80, 24)


def test_effective_transmission_is_the_product_of_both_rates() -> None:
    month = Transmission(expected=744, received=700, effective=665)
    assert (month.transmission_rate, month.effective_rate) == (D("94.1"), D("95.0"))
    assert month.effective_transmission_rate == D("89.4")
    nothing = Transmission(0, 0, 0)
    assert (nothing.transmission_rate, nothing.effective_rate, nothing.effective_transmission_rate) == (
        None,
        None,
        None,
    )


def test_more_than_expected_is_no_more_than_all() -> None:
    assert Transmission(10, 12, 12).effective_transmission_rate == D("100.0")


@pytest.mark.parametrize(
    ("stops", "expected"),
    [
        ([], 24),
        ([(START, START + 2 * HOUR)], 22),
        ([(START + timedelta(minutes=30), START + timedelta(minutes=90))], 22),
        ([(START, START + 2 * HOUR), (START + HOUR, START + 3 * HOUR)], 21),
        ([(START - HOUR, START), (START + 24 * HOUR, START + 30 * HOUR)], 24),
        ([(START - HOUR, START + 48 * HOUR)], 0),
    ],
)
def test_hours_of_a_standstill_are_not_expected(stops: list[tuple[datetime, datetime]], expected: int) -> None:
    assert expected_hours((START, START + 24 * HOUR), stops=stops) == expected


def test_nothing_is_expected_before_the_beginning() -> None:
    assert expected_hours((START, START - HOUR), stops=[]) == 0


def test_every_factor_has_a_name_on_the_wire_and_a_share() -> None:
    every = [factor for factors in FACTORS_OF.values() for factor in factors]
    assert set(HJ212_CODES) == set(Factor) == set(every)
    assert set(FACTOR_OF_SHARE.values()) == set(Factor)
    assert {factor.unit for factor in Factor} == {"", "mg/L", "mg/m³"}
