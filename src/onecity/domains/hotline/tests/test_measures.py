"""What the hotline is measured by, with what stands above and below each line."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from onecity.domains.hotline.datasets import MONTHLY
from onecity.domains.hotline.indicators import INDICATORS
from onecity.domains.hotline.rules.measures import RATES
from onecity.domains.hotline.selectors import measures
from onecity.domains.hotline.selectors.demands import seen_demands
from onecity.domains.hotline.selectors.published import published_figures
from onecity.domains.hotline.services.desk import answer_directly
from onecity.domains.hotline.tests.factories import HEATING, INSIDE, Desks, end_task, make_demand, walk
from onecity.kernel.clock import CITY_ZONE
from onecity.platform.indicators.declare import Period

pytestmark = pytest.mark.django_db
SENT = ("dispatch", "assign", "sign", "done", "send")
DAY = timedelta(days=1)


def values(desks: Desks, now: datetime) -> dict[str, tuple[object, ...]]:
    period = Period(now - DAY, now + 40 * DAY)
    found = {item.code: measures.rate(item.code)(desks.leader, period) for item in RATES}
    return {code: (item.value, item.numerator, item.denominator) for code, item in found.items()}


def test_every_rate_is_counted() -> None:
    assert set(measures.COUNTING) == {item.code for item in RATES}
    assert {f"hotline.{item.code}" for item in RATES} < {item.code for item in INDICATORS}


def test_rates_have_the_denominators_that_they_name(desks: Desks, now: datetime) -> None:
    satisfied = make_demand(desks, now=now, caller_phone="13900000001")
    walk(desks, satisfied, *SENT, "satisfied", "close", now=now)
    unsatisfied = make_demand(desks, now=now, caller_phone="13900000002")
    walk(desks, unsatisfied, *SENT, "redo", "done", "send", now=now)
    end_task(desks, unsatisfied, "unsatisfied", now=now, solved="未解决")
    unreached = make_demand(desks, now=now, caller_phone="13900000003")
    walk(desks, unreached, *SENT, "unreached", now=now)
    returned = make_demand(desks, now=now, caller_phone="13900000004")
    walk(desks, returned, "dispatch", "assign", "return", now=now)
    direct = make_demand(desks, now=now, caller_phone="13900000005", kind="consult")
    answer_directly(desks.agent, number=direct, text="已解答", version_id=None, now=now)
    found = values(desks, now)
    assert found["satisfaction_rate"] == (50.0, 1, 2)
    assert found["solved_rate"] == (50.0, 1, 2)
    assert found["return_rate"] == (25.0, 1, 4)
    assert found["rework_rate"] == (25.0, 1, 4)
    assert found["direct_answer_rate"] == (20.0, 1, 5)
    assert found["call_back_rate"] == (100.0, 3, 3)
    assert found["response_rate"] == (100.0, 4, 4)
    assert found["repeated_rate"] == (0.0, 0, 5)
    assert found["knowledge_rate"] == (0.0, 0, 1)
    assert found["on_time_rate"][1:] == (2, 5)


def test_late_closing_is_not_on_time(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, kind="help", urgency=1)
    walk(desks, number, *SENT[:2], now=now)
    for outcome in (*SENT[2:], "satisfied", "close"):
        end_task(desks, number, outcome, now=now + 3 * DAY)
    found = values(desks, now)
    assert found["on_time_rate"] == (0.0, 0, 1)
    assert found["response_rate"] == (0.0, 0, 1)


def test_nothing_counted_is_not_a_rate_of_zero(desks: Desks, now: datetime) -> None:
    assert {value for value, _, _ in values(desks, now).values()} == {None}


def test_body_counts_what_it_handles_alone(desks: Desks, now: datetime) -> None:
    walk(desks, make_demand(desks, now=now), *SENT[:2], now=now)
    make_demand(desks, now=now, topic_code=HEATING, words="暖气不热")
    assert seen_demands(desks.undertaker).count() == 1
    period = Period(now - DAY, now + DAY)
    assert measures.counted(measures.taken_in)(desks.undertaker, period).value == 1
    assert measures.counted(measures.still_open)(desks.leader, period).value == 2


def test_rows_behind_a_rate_are_those_below_its_line(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    walk(desks, number, *SENT, "satisfied", now=now)
    make_demand(desks, now=now, words="暖气不热", topic_code=HEATING)
    period = Period(now - DAY, now + DAY)
    for code in ("satisfaction_rate", "response_rate"):
        evidence = measures.below(code)(desks.leader, period, 10)
        assert [row[0] for row in evidence.rows] == [number]
        assert evidence.links == [f"/cases/{number}"]
    assert len(measures.rows_behind(measures.overdue)(desks.leader, Period(now, now + 60 * DAY), 10).rows) == 2


def test_suggestions_that_were_taken_are_counted(desks: Desks, now: datetime) -> None:
    make_demand(desks, now=now, suggested_code="040000")
    make_demand(desks, now=now, suggested_code="050000", words="河水发臭", caller_phone="")
    make_demand(desks, now=now, words="没有推荐过", caller_phone="")
    assert measures.agreement(seen_demands(desks.leader)) == (1, 2)


def test_hours_are_the_city_s(desks: Desks, now: datetime) -> None:
    at = datetime(2026, 3, 2, 23, 30, tzinfo=CITY_ZONE)
    make_demand(desks, now=at)
    table = measures.hours(seen_demands(desks.leader))
    assert (table[0][23], sum(map(sum, table))) == (1, 1)


def test_cells_tell_the_middle_of_a_square_and_no_place(desks: Desks, now: datetime) -> None:
    for phone in ("13900000001", "13900000002"):
        make_demand(desks, now=now, caller_phone=phone)
    make_demand(desks, now=now, location=None, division_code="220100", words="没有位置")
    (longitude, latitude, number) = measures.cells(seen_demands(desks.leader))[0]
    assert number == 2
    assert (longitude, latitude) != INSIDE
    assert abs(longitude - INSIDE[0]) <= measures.CELL_DEGREES


def test_public_figures_hide_small_sums(desks: Desks, now: datetime) -> None:
    for place in range(6):
        make_demand(desks, now=now, caller_phone=f"1390000000{place}")
    make_demand(desks, now=now, kind="praise", words="感谢司机", topic_code="060100")
    start = now.astimezone(CITY_ZONE).replace(day=1, hour=0, minute=0)
    found = published_figures(start=start, now=now + DAY)
    assert found.total == 7
    assert dict(found.by_kind) == {"投诉": 6, "表扬": None}
    assert dict(found.by_topic) == {"环境保护与资源": 6, "交通运输与物流": None}
    assert published_figures(start=start - 400 * DAY, now=now).total == 0


def test_dataset_for_everybody_leaves_small_sums_out(desks: Desks, now: datetime) -> None:
    for place in range(5):
        make_demand(desks, now=now, caller_phone=f"1390000000{place}")
    make_demand(desks, now=now, words="公交", topic_code="060100")
    with connection.cursor() as cursor:
        cursor.execute(MONTHLY.rows)
        rows = cursor.fetchall()
    assert [(row[2], row[3]) for row in rows] == [("040000", 5)]
