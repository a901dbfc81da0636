"""Entities over time: which stretch is asked for, and how its instances are shown or summed up."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from onecity.platform.iot.ngsild.rules import moments
from onecity.platform.iot.ngsild.rules.attributes import MAIN, Instance, key_of
from onecity.platform.iot.ngsild.rules.problems import BadRequestData
from onecity.platform.iot.ngsild.rules.rendering import Style, one_or_many, plain_value, show_instance

TimeProperty = Literal["observedAt", "createdAt", "modifiedAt", "deletedAt"]
TIME_PROPERTIES: Final[Mapping[str, TimeProperty]] = {
    "observedAt": "observedAt", "createdAt": "createdAt", "modifiedAt": "modifiedAt", "deletedAt": "deletedAt",
}  # fmt: skip
METHODS: Final = ("totalCount", "distinctCount", "sum", "avg", "min", "max", "stddev", "sumsq")
_SEVERAL: Final = {
    "Property": "values", "GeoProperty": "values", "Relationship": "objects", "LanguageProperty": "languageMaps",
    "VocabProperty": "vocabs", "JsonProperty": "jsons", "ListProperty": "valueLists", "ListRelationship": "objectLists",
}  # fmt: skip
MOST_BUCKETS: Final = 10_000


@dataclass(frozen=True, slots=True)
class TimeQuery:
    """A stretch of time: since ≤ t < until by `prop`; None: open. last: at most so many newest instances."""

    since: datetime | None = None
    until: datetime | None = None
    prop: TimeProperty = "observedAt"
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Which figures for which stretches. period_s: 0 for the whole time at once."""

    methods: tuple[str, ...]
    period_s: float = 0.0


def time_query(given: Mapping[str, Any]) -> TimeQuery:
    """Return the stretch of time that is asked for.

    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clauses 4.11, 5.2.21, 6.3.12.
    """
    relation, at, end = given.get("timerel"), given.get("timeAt"), given.get("endTimeAt")
    prop = TIME_PROPERTIES.get(given.get("timeproperty", "observedAt"))
    if prop is None:
        raise BadRequestData("timeproperty: not one of the standard")
    last = _last(given.get("lastN"))
    if relation is None:
        if at is not None or end is not None:
            raise BadRequestData("timerel is missing")
        return TimeQuery(prop=prop, last=last)
    if relation not in {"before", "after", "between"}:
        raise BadRequestData("timerel: before, after or between")
    moment = moments.instant(at, where="timeAt")
    if relation == "before":
        return TimeQuery(until=moment, prop=prop, last=last)
    if relation == "after":
        return TimeQuery(since=moment, prop=prop, last=last)
    return TimeQuery(moment, moments.instant(end, where="endTimeAt"), prop, last)


def aggregation(given: Mapping[str, Any]) -> Aggregation:
    """Return which figures are asked for.

    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clause 4.5.19.
    """
    text = given.get("aggrMethods")
    methods = tuple(item.strip() for item in (text.split(",") if isinstance(text, str) else text or ()))
    if not methods or not set(methods) <= set(METHODS):
        raise BadRequestData("aggrMethods: methods of the standard, separated by commas")
    period = given.get("aggrPeriodDuration")
    return Aggregation(methods, moments.seconds(period, where="aggrPeriodDuration") if period else 0.0)


def show_values(instances: Sequence[Instance], style: Style, *, prop: TimeProperty) -> Any:
    """Return instances of one attribute as pairs of value and instant, for each dataset.

    Source: ETSI GS CIM 009 V1.8.1, clause 4.5.8.
    """
    found = []
    plain = Style(style.terms, "simplified", language=style.language)
    for dataset in dict.fromkeys(key_of(item) for item in instances):
        own = [item for item in instances if key_of(item) == dataset]
        pairs = [[_bare(item, plain), moments.shown(item[prop])] for item in own if prop in item]
        shown = {"type": own[0]["type"], _SEVERAL[own[0]["type"]]: pairs}
        found.append({**shown, "datasetId": dataset} if dataset else shown)
    return one_or_many(found)


def show_figures(instances: Sequence[Instance], wanted: Aggregation, query: TimeQuery) -> Any:
    """Return figures of one attribute for each stretch, for each dataset.

    Source: ETSI GS CIM 009 V1.8.1, clause 4.5.19.
    """
    found = []
    for dataset in dict.fromkeys(key_of(item) for item in instances):
        own = [item for item in instances if key_of(item) == dataset and query.prop in item]
        shown: dict[str, Any] = {"type": (own or list(instances))[0]["type"]}
        for method in wanted.methods:
            rows = [
                [figure, moments.shown(moments.kept(begin)), moments.shown(moments.kept(end))]
                for begin, end, inside in _stretches(own, wanted.period_s, query)
                if (figure := figure_of(method, inside)) is not None
            ]
            if rows:
                shown[method] = rows
        found.append({**shown, "datasetId": dataset} if dataset else shown)
    return one_or_many(found)


def figure_of(method: str, instances: Sequence[Instance]) -> float | int | str | None:
    """Return one figure of several instances; None where it has no meaning for their values."""
    values = [item.get(MAIN[item["type"]]) for item in instances]
    if method == "totalCount":
        return len(values)
    if method == "distinctCount":
        return len({repr(value) for value in values})
    texts = [value for value in values if isinstance(value, str)]
    if texts and method in {"min", "max"}:
        return min(texts) if method == "min" else max(texts)
    numbers = [number for value in values if (number := _number(value)) is not None]
    return _of_numbers(method, numbers) if numbers else None


def show_full(instances: Sequence[Instance], style: Style) -> Any:
    """Return every instance of one attribute, always as a list."""
    return [show_instance(item, style) for item in instances]


def _of_numbers(method: str, numbers: Sequence[float]) -> float:
    return _tidy(_CALCULATED[method](numbers))


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers)


def _deviation(numbers: Sequence[float]) -> float:
    mean = _mean(numbers)
    return math.sqrt(math.fsum((number - mean) ** 2 for number in numbers) / len(numbers))


_CALCULATED: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "sum": math.fsum,
    "sumsq": lambda numbers: math.fsum(number * number for number in numbers),
    "avg": _mean,
    "min": min,
    "max": max,
    "stddev": _deviation,
}


def _tidy(number: float) -> float:
    return int(number) if float(number).is_integer() and abs(number) < 2**53 else number


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return float(value)
    return float(len(value)) if isinstance(value, list) else None


def _stretches(
    instances: Sequence[Instance], period_s: float, query: TimeQuery
) -> list[tuple[datetime, datetime, list[Instance]]]:
    """Divide instances into stretches that begin where the query does, or else at the first instance."""
    timed = sorted((moments.instant(item[query.prop], where="kept"), place) for place, item in enumerate(instances))
    if not timed:
        return []
    first, last = query.since or timed[0][0], timed[-1][0]
    if not period_s:
        end = query.until or last
        return [(first, end, list(instances))]
    begin_of_all = first if query.since else _midnight(first)
    found: dict[int, list[Instance]] = {}
    for moment, place in timed:
        found.setdefault(int((moment - begin_of_all).total_seconds() // period_s), []).append(instances[place])
    if len(found) > MOST_BUCKETS:
        raise BadRequestData("aggrPeriodDuration: too many stretches")
    step = timedelta(seconds=period_s)
    return [(begin_of_all + step * n, begin_of_all + step * (n + 1), inside) for n, inside in sorted(found.items())]


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _bare(instance: Instance, style: Style) -> Any:
    shown = plain_value(instance, style)
    if instance["type"] in {"LanguageProperty", "VocabProperty", "JsonProperty"} and isinstance(shown, dict):
        main = MAIN[instance["type"]]
        return shown.get(main, shown)
    return shown


def _last(value: object) -> int | None:
    if value is None:
        return None
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 10**9:
        raise BadRequestData("lastN: not a whole number above zero")
    return number
