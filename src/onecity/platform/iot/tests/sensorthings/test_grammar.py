"""The grammar of `$filter`: what it reads, what it refuses, and that SQL and Python agree on what it means."""

import math
import operator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from onecity.platform.identity.api import RowScope
from onecity.platform.iot.sensorthings.compiling import Compiler, Names
from onecity.platform.iot.sensorthings.entities import SETS
from onecity.platform.iot.sensorthings.expressions import Binary, Constant, Interval, Path
from onecity.platform.iot.sensorthings.lexer import BadExpression
from onecity.platform.iot.sensorthings.options import cut, options_of
from onecity.platform.iot.sensorthings.parser import filter_of, order_of
from onecity.platform.iot.sensorthings.sight import Sight
from onecity.platform.iot.sensorthings.sql import Parameters
from onecity.platform.iot.sensorthings.times import BadTime, duration_of, instant_of, written

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


def holds(text: str) -> Any:
    """Ask PostgreSQL what an expression without properties is."""
    parameters = Parameters()
    sight = Sight(RowScope(True), parameters)
    compiler = Compiler(SETS["Things"], "e0", parameters=parameters, names=Names(), scoped=sight.of, now=NOW)
    sql = compiler.truth(filter_of(text))
    for place in range(len(parameters.values), 0, -1):
        sql = sql.replace(f"${place}::", f"%(p{place})s::")
    sql = sql.replace("% 1", "%% 1")
    with connection.cursor() as cursor:
        values: dict[str, Any] = {f"p{place}": value for place, value in enumerate(parameters.values, 1)}
        cursor.execute(f"SELECT {sql}", values)
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "text",
    [
        "1 add 2 mul 3 eq 7",
        "(1 add 2) mul 3 eq 9",
        "7 div 2 eq 3.5",
        "7 mod 3 eq 1 and -7 mod 3 eq -1",
        "not 1 eq 2 and true",
        "1 eq 2 or not (2 lt 1)",
        "2 in (1,2,3) and not (4 in (1,2))",
        "1 div 0 eq null",
        "null eq null and not (1 eq null) and 1 ne null",
        "substringof('bc','abcd') and contains('abcd','bc')",
        "startswith('abc','ab') and endswith('abc','bc') and not endswith('abc','ab')",
        "length('南湖') eq 2 and indexof('abc','c') eq 2 and indexof('abc','x') eq -1",
        "substring('abcdef',2) eq 'cdef' and substring('abcdef',1,2) eq 'bc'",
        "tolower('ÄB') eq 'äb' and toupper('äb') eq 'ÄB' and trim('  a ') eq 'a'",
        "concat(concat('a','/'),'b') eq 'a/b' and 'O''Neil' eq concat('O','''Neil')",
        "'B' lt 'a' and 'a' lt 'b'",
        "year(2015-02-03T04:05:06.789Z) eq 2015 and month(2015-02-03T04:05:06.789Z) eq 2",
        "day(2015-02-03T04:05:06Z) eq 3 and hour(2015-02-03T04:05:06+08:00) eq 20",
        "minute(2015-02-03T04:05:06Z) eq 5 and second(2015-02-03T04:05:06.789Z) eq 6",
        "fractionalseconds(2015-02-03T04:05:06.789Z) eq 0.789",
        "date(2015-02-03T04:05:06Z) eq 2015-02-03 and time(2015-02-03T04:05:06Z) eq 04:05:06",
        "totaloffsetminutes(2015-02-03T04:05:06+08:00) eq 0",
        "mindatetime() lt now() and now() lt maxdatetime()",
        "now() eq 2026-03-10T04:00:00Z",
        "2015-01-01T00:00:00Z add duration'P1DT2H' eq 2015-01-02T02:00:00Z",
        "2015-01-02T00:00:00Z sub 2015-01-01T00:00:00Z eq duration'P1D'",
        "duration'PT30M' mul 2 eq duration'PT1H' and -duration'PT1H' lt duration'PT0.5S'",
        "2015-01-01T12:00:00Z gt 2015-01-01",
        "round(2.5) eq 3 and round(-2.5) eq -3 and floor(-2.5) eq -3 and ceiling(2.1) eq 3",
        "geo.distance(geography'POINT(8 54.1)', geography'POINT(8 54)') lt 0.11",
        "geo.length(geography'LINESTRING(5 52, 5 53)') eq 1 and geo.length(geography'POINT(1 1)') eq 0",
        "geo.intersects(geography'LINESTRING(0 0,2 2)', geography'LINESTRING(0 2,2 0)')",
        "st_equals(geography'POINT(1 1)', geography'POINT(1 1)')",
        "st_disjoint(geography'POINT(1 1)', geography'POINT(2 1)')",
        "st_touches(geography'LINESTRING(0 0,1 1)', geography'LINESTRING(1 1,2 0)')",
        "st_within(geography'POINT(1 1)', geography'POLYGON((0 0,2 0,2 2,0 2,0 0))')",
        "st_contains(geography'POLYGON((0 0,2 0,2 2,0 2,0 0))', geography'POINT(1 1)')",
        "st_overlaps(geography'LINESTRING(0 0,2 0)', geography'LINESTRING(1 0,3 0)')",
        "st_crosses(geography'LINESTRING(0 0,2 2)', geography'LINESTRING(0 2,2 0)')",
        "st_intersects(geography'POINT(1 1)', geography'POINT(1 1)')",
        "st_relate(geography'POINT(1 1)', geography'POINT(1 1)', '0FFFFFFF2')",
        "before(2015-01-01T00:00:00Z, 2015-01-02T00:00:00Z/2015-01-03T00:00:00Z)",
        "after(2015-01-04T00:00:00Z, 2015-01-02T00:00:00Z/2015-01-03T00:00:00Z)",
        "during(2015-01-02T10:00:00Z, 2015-01-02T00:00:00Z/2015-01-03T00:00:00Z)",
        "overlaps(2015-01-02T00:00:00Z/2015-01-04T00:00:00Z, 2015-01-03T00:00:00Z/2015-01-05T00:00:00Z)",
        "meets(2015-01-02T00:00:00Z/2015-01-03T00:00:00Z, 2015-01-03T00:00:00Z/2015-01-05T00:00:00Z)",
        "starts(2015-01-02T00:00:00Z, 2015-01-02T00:00:00Z/2015-01-03T00:00:00Z)",
        "finishes(2015-01-03T00:00:00Z, 2015-01-02T00:00:00Z/2015-01-03T00:00:00Z)",
        "2015-01-02T00:00:00Z/2015-01-03T00:00:00Z eq 2015-01-02T12:00:00Z",
        "2015-01-02T00:00:00Z/2015-01-03T00:00:00Z lt 2015-01-04T00:00:00Z",
        "2015-01-04T00:00:00Z gt 2015-01-02T00:00:00Z/2015-01-03T00:00:00Z",
        "2015-01-02T00:00:00Z/2015-01-03T00:00:00Z ne 2015-01-02T00:00:00Z/2015-01-04T00:00:00Z",
        "2015-01-02T00:00:00Z/2015-01-03T00:00:00Z ge 2015-01-02T00:00:00Z",
        "2015-01-02T00:00:00Z/2015-01-03T00:00:00Z le 2015-01-03T00:00:00Z",
    ],
)
def test_function_and_operator_means_what_the_standard_says(text: str) -> None:
    assert holds(text) is True


NUMBERS = st.integers(-50, 50) | st.decimals(-50, 50, places=2).map(float)


@st.composite
def sums(draw: st.DrawFn, depth: int = 3) -> tuple[str, float | None]:
    """Return a sum as text, with its value."""
    if depth == 0 or draw(st.booleans()):
        number = draw(NUMBERS)
        return (f"{number}" if number >= 0 else f"(-{abs(number)})"), float(number)
    (left, one), (right, other) = draw(sums(depth - 1)), draw(sums(depth - 1))
    sign = draw(st.sampled_from(["add", "sub", "mul", "div", "mod"]))
    return f"({left} {sign} {right})", result_of(sign, one, other)


def result_of(sign: str, one: float | None, other: float | None) -> float | None:
    """Return what a sum gives: nothing where a part is nothing, or where nothing divides."""
    if one is None or other is None or (sign in {"div", "mod"} and not other):
        return None
    if sign == "mod":
        return one - other * math.trunc(one / other)
    ways = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv}
    return float(ways[sign](one, other))


@st.composite
def truths(draw: st.DrawFn, depth: int = 3) -> tuple[str, bool]:
    """Return a truth as text, with its value; what compares with nothing is false."""
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        (left, one), (right, other) = draw(sums()), draw(sums())
        sign = draw(st.sampled_from(["lt", "gt", "ge", "le"]))
        if one is None or other is None or math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6):
            return "1 eq 1", True
        return f"{left} {sign} {right}", one < other if sign[0] == "l" else one > other
    (left, one_), (right, other_) = draw(truths(depth - 1)), draw(truths(depth - 1))
    shape = draw(st.sampled_from(["and", "or", "not"]))
    if shape == "not":
        return f"not ({left})", not one_
    return f"({left}) {shape} ({right})", (one_ and other_) if shape == "and" else (one_ or other_)


@given(truths())
def test_database_and_python_agree_on_any_expression(case: tuple[str, bool]) -> None:
    text, expected = case
    assert bool(holds(text)) is expected


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        filter_of(text)
        order_of(text)
        options_of({"$expand": text, "$select": text})
    except (BadExpression, BadTime):
        pass


@given(st.text(alphabet="()'/ ,;-abc019.:$=eqandornt"))
def test_any_jumble_of_marks_is_read_or_refused(text: str) -> None:
    test_any_text_is_read_or_refused.hypothesis.inner_test(text)  # type: ignore[attr-defined]


@given(st.integers(-2_000_000_000_000_000, 7_000_000_000_000_000))
def test_instants_survive_being_written(micros: int) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    assert instant_of(written(at)) == at


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2010-12-23T10:20:00-0700", datetime(2010, 12, 23, 17, 20, tzinfo=UTC)),
        ("2010-12-23t10:20:00z", datetime(2010, 12, 23, 10, 20, tzinfo=UTC)),
        ("2010-12-23T10:20:00 08:00", datetime(2010, 12, 23, 2, 20, tzinfo=UTC)),
        ("2010-12-23T10:20:00.1234567Z", datetime(2010, 12, 23, 10, 20, 0, 123456, tzinfo=UTC)),
        ("2010-12-23T10:20Z", datetime(2010, 12, 23, 10, 20, tzinfo=UTC)),
    ],
)
def test_instants_are_read_as_clients_write_them(text: str, at: datetime) -> None:
    assert instant_of(text) == at


@pytest.mark.parametrize("text", ["", "2015", "2015-01-01", "2015-01-01T00:00:00", "2015-02-30T00:00:00Z", "x" * 100])
def test_instant_without_zone_or_sense_is_refused(text: str) -> None:
    with pytest.raises(BadTime):
        instant_of(text)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P1D", timedelta(days=1)),
        ("-PT1.5S", timedelta(seconds=-1.5)),
        ("P1Y2M3DT4H5M6S", timedelta(days=428, hours=4, minutes=5, seconds=6)),
    ],
)
def test_durations_are_read(text: str, length: timedelta) -> None:
    assert duration_of(text) == length


@pytest.mark.parametrize("text", ["P", "PT", "1D", "P1H", ""])
def test_duration_without_sense_is_refused(text: str) -> None:
    with pytest.raises(BadTime):
        duration_of(text)


def test_precedence_follows_odata() -> None:
    assert filter_of("a or b and c eq 1 add 2 mul 3") == Binary(
        "or",
        Path(("a",)),
        Binary(
            "and",
            Path(("b",)),
            Binary("eq", Path(("c",)), Binary("add", Constant(1), Binary("mul", Constant(2), Constant(3)))),
        ),
    )
    told = filter_of("t eq 2015-01-01T00:00:00Z/2015-01-02T00:00:00Z")
    assert isinstance(told, Binary)
    assert isinstance(told.right, Constant)
    assert isinstance(told.right.value, Interval)


@pytest.mark.parametrize("text", ["(" * 200 + "1", "not " * 200 + "a", "a eq " * 4000, "1 " * 10_000])
def test_endless_expressions_are_refused_in_time(text: str) -> None:
    with pytest.raises(BadExpression):
        filter_of(text)


def test_expand_is_cut_at_its_own_commas_only() -> None:
    assert cut("A($select=b,c),B/C($filter=name eq ',(')", ",") == ["A($select=b,c)", "B/C($filter=name eq ',(')"]
    with pytest.raises(BadExpression):
        cut("A(", ",")
    merged = options_of({"$expand": "A/B,A/C($top=1)"}).expand
    assert [item.relation for item in merged] == ["A"]
    assert [item.relation for item in merged[0].options.expand] == ["B", "C"]
