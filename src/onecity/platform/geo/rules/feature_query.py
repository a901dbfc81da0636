"""The query parameters of OGC API Features, read strictly: what is unknown or malformed is refused."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.geo.rules.boxes import BadBox, parse_bbox
from onecity.platform.geo.rules.shapes import Box

DEFAULT_LIMIT: Final = 10
LARGEST_LIMIT: Final = 10_000
_LARGEST_KEY: Final = 2**63 - 1
OWN: Final = frozenset({"limit", "bbox", "datetime", "after", "f"})
FORMATS: Final = frozenset({"json", "geojson"})
_OPEN: Final = frozenset({"", ".."})


class BadParameter(Invalid):
    """A query parameter is unknown or cannot be read; `fields` names it."""

    code = "bad_parameter"
    message = zh("请求参数有误")


@dataclass(frozen=True, slots=True)
class FeatureQuery:
    """Which features are asked for.

    boxes: features that touch one of them; empty for everywhere. start, end: instants, None where open.
    equal: property → wanted value as text. after: the id behind which the page begins.
    """

    limit: int = DEFAULT_LIMIT
    boxes: tuple[Box, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    equal: tuple[tuple[str, str], ...] = ()
    after: int | None = None


def parse_feature_query(parameters: Mapping[str, str], *, properties: Collection[str]) -> FeatureQuery:
    """Read the parameters of an items request.

    properties: names by which features may be picked. A limit above the largest is taken as the largest.
    Raises: BadParameter naming the first parameter that is at fault.
    Source: OGC 17-069r4, 7.15 (features); `after` is a house rule: the key for the next page.
    """
    refuse_unknown(parameters, known=OWN | set(properties))
    start, end = _interval(parameters["datetime"]) if "datetime" in parameters else (None, None)
    return FeatureQuery(
        limit=_limit(parameters.get("limit", str(DEFAULT_LIMIT))),
        boxes=_boxes(parameters["bbox"]) if "bbox" in parameters else (),
        start=start,
        end=end,
        equal=tuple((name, value) for name, value in parameters.items() if name not in OWN),
        after=_key(parameters["after"]) if "after" in parameters else None,
    )


def refuse_unknown(parameters: Mapping[str, str], *, known: Collection[str] = ("f",)) -> None:
    """Refuse a parameter that the interface's definition does not have.

    Raises: BadParameter.
    Source: OGC 17-069r4, 7.7 (unknown or invalid query parameters).
    """
    for name in parameters:
        if name not in known:
            raise BadParameter(fields={name: zh("没有这个参数")})
    if parameters.get("f", "json") not in FORMATS:
        raise BadParameter(fields={"f": zh("只提供 json 格式")})


def parse_key(text: str) -> int:
    """Read a feature's id; one that cannot be an id becomes -1, which no feature has."""
    return int(text) if text.isascii() and text.isdigit() and int(text) <= _LARGEST_KEY else -1


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise BadParameter(fields={"limit": zh("limit 应为不小于 1 的整数")})
    return min(int(text), LARGEST_LIMIT)


def _boxes(text: str) -> tuple[Box, ...]:
    try:
        return parse_bbox(text)
    except BadBox as error:
        raise BadParameter(fields={"bbox": error.template}) from error


def _key(text: str) -> int:
    number = parse_key(text)
    if number < 0:
        raise BadParameter(fields={"after": zh("翻页标记无效，请从第一页重新开始")})
    return number


def _interval(text: str) -> tuple[datetime | None, datetime | None]:
    first, slash, last = text.partition("/")
    if not slash:
        instant = _instant(first)
        return instant, instant
    if first in _OPEN and last in _OPEN:
        raise _bad_datetime()
    start = None if first in _OPEN else _instant(first)
    end = None if last in _OPEN else _instant(last)
    if start and end and start > end:
        raise _bad_datetime()
    return start, end


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text.replace("t", "T").replace("z", "Z"))
    except ValueError:
        raise _bad_datetime() from None
    if instant.tzinfo is None:
        raise _bad_datetime()
    return instant


def _bad_datetime() -> BadParameter:
    return BadParameter(fields={"datetime": zh("datetime 应为带时区的时刻，或用 / 分开的起止时刻")})
