"""Losses of zones, the flow of the night, and each kind of abnormal use on both sides of its limit."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from onecity.domains.metering.rules.abnormal import Day, Finding, Rule, Use, judge
from onecity.domains.metering.rules.codes import Abnormal
from onecity.domains.metering.rules.losses import Balance, balance, below, night_flow

NOON = datetime.fromisoformat("2026-03-10T12:00:00+08:00")
D = Decimal


def test_loss_is_supply_less_use() -> None:
    found = balance([(1, D(120)), (1, D(30)), (-1, D(50))], [D(40), D(45), None])
    assert (found.supplied, found.used, found.loss, found.rate) == (D(100), D(85), D(15), D(15))


def test_border_without_a_reading_leaves_no_supply() -> None:
    found = balance([(1, D(120)), (1, None)], [D(40)])
    assert (found.supplied, found.loss, found.rate) == (None, None, None)
    assert balance([], [D(1)]).supplied is None
    assert balance([(1, D(1))], [None]).used is None


def test_no_supply_has_no_rate() -> None:
    assert Balance(D(0), D(0)).rate is None
    assert Balance(D(10), D(12)).rate == -20


def test_night_flow_is_the_least_net_inflow() -> None:
    inlets = [(1, [D(5), D(4), D(3), D(6)]), (-1, [D(1), D(1), D(1), D(1)])]
    assert night_flow(inlets) == 4
    assert night_flow([(1, [D(5), None, D(9), None])]) == 10
    assert night_flow([(1, [D(5)]), (1, [None])]) is None
    assert night_flow([]) is None


def test_zones_hold_all_below_them() -> None:
    assert below({1: None, 2: 1, 3: 2, 4: None}) == {1: {1, 2, 3}, 2: {2, 3}, 3: {3}, 4: {4}}
    assert below({1: 2, 2: 1}) == {1: {1, 2}, 2: {1, 2}}
    assert below({1: 9}) == {1: {1}}


def use(*rows: Day, watched: bool = False, still_h: float | None = None) -> Use:
    moved = None if still_h is None else NOON - timedelta(hours=still_h)
    return Use(rows, watched, moved, NOON)


def day(number: int, **figures: str) -> Day:
    return Day(date(2026, 3, 1) + timedelta(days=number), **{name: D(text) for name, text in figures.items()})


@pytest.mark.parametrize(
    ("watched", "hours", "expected"),
    [(True, 24.0, Finding(D("24.0"), D(24))), (True, 23.9, None), (False, 48.0, None), (True, None, None)],
)
def test_watched_home_must_not_stand_still(*, watched: bool, hours: float | None, expected: Finding | None) -> None:
    rule = Rule(Abnormal.STANDING_STILL, D(24))
    assert judge(rule, use(watched=watched, still_h=hours)) == expected


def test_silent_device_is_no_silent_home() -> None:
    assert judge(Rule(Abnormal.STANDING_STILL, D(24)), Use((), True, NOON, None)) is None


def test_flow_that_never_stops_for_days_is_a_leak() -> None:
    rule = Rule(Abnormal.CONTINUOUS, D("0.005"), days=2)
    leaking = [day(0, least_hour="0.006"), day(1, least_hour="0.010")]
    assert judge(rule, use(*leaking)) == Finding(D("0.006"), D("0.005"))
    assert judge(rule, use(*leaking[1:])) is None
    assert judge(rule, use(leaking[0], day(1, least_hour="0.005"))) is None
    assert judge(rule, use(leaking[0], day(1))) is None


def test_rise_is_held_against_one_s_own_history() -> None:
    rule = Rule(Abnormal.SUDDEN_RISE, D("0.5"), factor=D(3))
    usual = [day(number, usage="0.3") for number in range(7)]
    assert judge(rule, use(*usual, day(8, usage="1.2"))) == Finding(D("1.2"), D("0.300"))
    assert judge(rule, use(*usual, day(8, usage="0.8"))) is None
    assert judge(rule, use(*usual[1:], day(8, usage="1.2"))) is None
    assert judge(rule, use(*usual, day(8))) is None
    assert judge(rule, use()) is None


def test_rise_within_a_changeable_history_is_none() -> None:
    rule = Rule(Abnormal.SUDDEN_RISE, D("0.5"), factor=D(2))
    changing = [day(number, usage=str(number % 2)) for number in range(8)]
    assert judge(rule, use(*changing, day(9, usage="1.6"))) is None


def test_meter_that_runs_backwards_is_told() -> None:
    rule = Rule(Abnormal.REVERSE, D("0.01"))
    assert judge(rule, use(day(0, reversed_by="0.02"))) == Finding(D("0.02"), D("0.01"))
    assert judge(rule, use(day(0, reversed_by="0.01"))) is None
    assert judge(rule, use(day(0))) is None
    assert judge(rule, use()) is None


def test_nights_that_use_much_are_told() -> None:
    rule = Rule(Abnormal.NIGHT_USE, D("0.1"), days=2, factor=D(20))
    loud = [day(0, night="0.3", usage="1"), day(1, night="0.25", usage="1")]
    assert judge(rule, use(*loud)) == Finding(D("0.25"), D("0.1"))
    assert judge(rule, use(loud[0], day(1, night="0.15", usage="1"))) is None
    assert judge(rule, use(loud[0], day(1, night="0.09", usage="0.1"))) is None
