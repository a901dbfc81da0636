"""The functions of `$filter` and `$orderby`.

Geometries are measured in degrees, as the standard's examples do; times are split in UTC.
Source: OGC 18-088, 9.3.3.5.2 (built-in query functions); OData 4.0 part 2, 5.1.1.4.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from onecity.platform.iot.sensorthings.sql import Holds, Value, WrongType

Maker = Callable[[Sequence[Value]], Value]
_DE9IM: Final = re.compile(r"[012TF*]{9}")


def _plain(gives: Holds, pattern: str, *takes: str) -> tuple[int, int, Maker]:
    """Return a function of fixed arguments. pattern: with `{0}`, `{1}` … for them. takes: ways of `Value`."""

    def make(given: Sequence[Value]) -> Value:
        texts = [getattr(value, way)().sql for value, way in zip(given, takes, strict=True)]
        return Value(gives, "(" + pattern.format(*texts) + ")")

    return len(takes), len(takes), make


def _part(field: str) -> tuple[int, int, Maker]:
    def make(given: Sequence[Value]) -> Value:
        value = given[0]
        if value.holds in {"date", "clock"}:
            return Value("number", f"(extract({field} FROM {value.sql})::double precision)")
        return Value("number", f"(extract({field} FROM {value.instant().sql} AT TIME ZONE 'UTC')::double precision)")

    return 1, 1, make


def _second(pattern: str) -> tuple[int, int, Maker]:
    _, _, whole = _part("second")
    return 1, 1, lambda given: Value("number", pattern.format(whole(given).sql))


def _substring(given: Sequence[Value]) -> Value:
    text, begin = given[0].text().sql, given[1].real().sql
    if len(given) == 2:
        return Value("text", f"substr({text}, greatest({begin}, 0)::integer + 1)")
    length = given[2].real().sql
    return Value("text", f"substr({text}, greatest({begin}, 0)::integer + 1, greatest({length}, 0)::integer)")


def _relate(given: Sequence[Value]) -> Value:
    one, other, pattern = given[0].shape().sql, given[1].shape().sql, given[2].text().sql
    return Value("truth", f"ST_Relate({one}, {other}, {pattern})")


def check_relation(pattern: object) -> None:
    """Refuse what is no pattern of relations.

    Raises: WrongType.
    Source: OGC 06-103r4, 6.1.15.2 (dimensionally extended nine-intersection model).
    """
    if not isinstance(pattern, str) or not _DE9IM.fullmatch(pattern):
        raise WrongType(params={"text": "st_relate"})


def _ends(value: Value) -> tuple[str, str]:
    begin = value.instant().sql
    return begin, f"COALESCE({value.until}, {begin})" if value.until else begin


def _times(pattern: str) -> tuple[int, int, Maker]:
    """Return a relation of two periods; `{b}` `{e}` are the first's ends, `{c}` `{f}` the second's."""

    def make(given: Sequence[Value]) -> Value:
        (begin, end), (other, last) = _ends(given[0]), _ends(given[1])
        return Value("truth", "(" + pattern.format(b=begin, e=end, c=other, f=last) + ")")

    return 2, 2, make


_SPATIAL: Final = ("equals", "disjoint", "touches", "within", "overlaps", "crosses", "intersects", "contains")
FUNCTIONS: Final[Mapping[str, tuple[int, int, Maker]]] = MappingProxyType(
    {
        "substringof": _plain("truth", "strpos({1}, {0}) > 0", "text", "text"),
        "contains": _plain("truth", "strpos({0}, {1}) > 0", "text", "text"),
        "startswith": _plain("truth", "starts_with({0}, {1})", "text", "text"),
        "endswith": _plain("truth", "right({0}, length({1})) = {1}", "text", "text"),
        "length": _plain("number", "length({0})::double precision", "text"),
        "indexof": _plain("number", "(strpos({0}, {1}) - 1)::double precision", "text", "text"),
        "substring": (2, 3, _substring),
        "tolower": _plain("text", "lower({0})", "text"),
        "toupper": _plain("text", "upper({0})", "text"),
        "trim": _plain("text", "btrim({0}, E' \\t\\r\\n')", "text"),
        "concat": _plain("text", "{0} || {1}", "text", "text"),
        "year": _part("year"),
        "month": _part("month"),
        "day": _part("day"),
        "hour": _part("hour"),
        "minute": _part("minute"),
        "second": _second("floor({0})"),
        "fractionalseconds": _second("(({0})::numeric % 1)::double precision"),
        "date": _plain("date", "({0} AT TIME ZONE 'UTC')::date", "instant"),
        "time": _plain("clock", "({0} AT TIME ZONE 'UTC')::time", "instant"),
        "totaloffsetminutes": _plain("number", "({0} IS NOT NULL)::integer * 0.0::double precision", "instant"),
        "mindatetime": _plain("instant", "timestamptz '0001-01-01 00:00:00Z'"),
        "maxdatetime": _plain("instant", "timestamptz '9999-12-31 23:59:59.999999Z'"),
        "round": _plain("number", "round(({0})::numeric)::double precision", "real"),
        "floor": _plain("number", "floor({0})", "real"),
        "ceiling": _plain("number", "ceiling({0})", "real"),
        "geo.distance": _plain("number", "ST_Distance({0}, {1})", "shape", "shape"),
        "geo.length": _plain("number", "ST_Length({0})", "shape"),
        "geo.intersects": _plain("truth", "ST_Intersects({0}, {1})", "shape", "shape"),
        **{f"st_{name}": _plain("truth", f"ST_{name.title()}({{0}}, {{1}})", "shape", "shape") for name in _SPATIAL},
        "st_relate": (3, 3, _relate),
        "before": _times("{e} < {c}"),
        "after": _times("{b} > {f}"),
        "meets": _times("{e} = {c} OR {b} = {f}"),
        "during": _times("{b} >= {c} AND {e} <= {f}"),
        "overlaps": _times("{b} <= {f} AND {e} >= {c}"),
        "starts": _times("{b} = {c}"),
        "finishes": _times("{e} = {f}"),
    }
)
"""By name: fewest and most arguments, and what makes the SQL. `now` stands in `compiling`: it takes a parameter."""
