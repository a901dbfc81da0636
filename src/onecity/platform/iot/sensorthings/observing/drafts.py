"""What a client tells of an observation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from onecity.platform.iot.rules.instants import instant, micros
from onecity.platform.iot.sensorthings.entities import SETS
from onecity.platform.iot.sensorthings.times import instant_of, period_of, written
from onecity.platform.iot.sensorthings.writing.fields import BadEntity, Body, storable

EXACT: Final = 2**53
_MILLISECOND: Final = 1000
_KNOWN: Final = frozenset(
    {item.name for item in SETS["Observations"].properties} | {item.name for item in SETS["Observations"].relations}
)


@dataclass(slots=True)
class Draft:
    """An observation to be stored. begins, ends, at: microseconds since 2000; `at` is the store's key, chosen last.

    number: NaN where the result is none. result, quality, parameters: JSON texts; result only where a float does not
    say it exactly. feature_id: where it is not its Datastream's. id: where it does not follow from the key.
    """

    begins: int
    ends: int | None = None
    number: float = math.nan
    result: str | None = None
    result_at: datetime | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    quality: str | None = None
    parameters: str | None = None
    datastream_id: int = 0
    feature_id: int | None = None
    open_clock: bool = True
    at: int = 0
    id: int | None = None

    @property
    def plain(self) -> bool:
        """Say whether a number at an instant is all there is to keep."""
        return (
            self.result is None
            and self.ends is None
            and self.begins % _MILLISECOND == 0
            and self.result_at is None
            and self.valid_from is None
            and self.quality is None
            and self.parameters is None
            and self.feature_id is None
        )

    @property
    def number_id(self) -> int:
        """Its id as clients know it, once the key is chosen."""
        return observation_id(self.datastream_id, self.at) if self.id is None else self.id


def observation_id(datastream_id: int, at: int) -> int:
    """Return the id of the store's row with this key. at: microseconds since 2000."""
    return (datastream_id << 41) + at // _MILLISECOND


def draft_of(body: Body, *, now: datetime) -> Draft:
    """Return what a body tells, without its relations. now: of an observation that names no time.

    Raises: BadEntity; BadTime.
    Source: OGC 18-088, 8.2.7 (Observation).
    """
    for name in body:
        if name not in _KNOWN and name != "id" and "@iot." not in name:
            raise BadEntity(params={"field": name[:60]})
    if "result" not in body:
        raise BadEntity(params={"field": "result"})
    draft = Draft(0)
    set_time(draft, body.get("phenomenonTime"), now=now)
    set_result(draft, body["result"])
    set_extras(draft, body)
    return draft


def set_time(draft: Draft, value: object, *, now: datetime) -> None:
    """Set the phenomenon time: an instant, an interval, or now to the millisecond.

    Raises: BadEntity; BadTime.
    """
    if value is None:
        draft.begins, draft.ends = micros(now) // _MILLISECOND * _MILLISECOND, None
        return
    if not isinstance(value, str):
        raise BadEntity(params={"field": "phenomenonTime"})
    if "/" not in value:
        draft.begins, draft.ends = micros(instant_of(value)), None
        return
    told = period_of(value)
    draft.begins, draft.ends = micros(told.begin), micros(told.end)


def set_result(draft: Draft, value: object) -> None:
    """Set the result: numbers as numbers, everything else as the JSON that it is."""
    draft.number, draft.result = math.nan, None
    if isinstance(value, int | float) and not isinstance(value, bool):
        draft.number = float(value)
        if isinstance(value, float) or abs(value) <= EXACT:
            return
    draft.result = orjson.dumps(storable("result", value)).decode()


def set_extras(draft: Draft, body: Body) -> None:
    """Set what a body tells besides time and result; what it does not name stays.

    Raises: BadEntity; BadTime.
    """
    if "resultTime" in body:
        draft.result_at = _instant(body["resultTime"])
    if "validTime" in body:
        draft.valid_from, draft.valid_until = _period(body["validTime"])
    if "resultQuality" in body:
        draft.quality = _json("resultQuality", body["resultQuality"])
    if "parameters" in body:
        if not isinstance(body["parameters"], dict | None):
            raise BadEntity(params={"field": "parameters"})
        draft.parameters = _json("parameters", body["parameters"])


def told(draft: Draft, *, base: str) -> dict[str, object]:
    """Return an observation as the interface shows it. base: the service's address with a slash."""
    link = f"{base}Observations({draft.number_id})"
    begins = written(instant(draft.begins))
    time = begins if draft.ends is None else f"{begins}/{written(instant(draft.ends))}"
    shown: dict[str, object] = {"@iot.id": draft.number_id, "@iot.selfLink": link, "phenomenonTime": time}
    number = int(draft.number) if draft.number.is_integer() and abs(draft.number) <= EXACT else draft.number
    shown["result"] = orjson.Fragment(draft.result) if draft.result is not None else number
    shown["resultTime"] = written(draft.result_at) if draft.result_at else None
    if draft.quality is not None:
        shown["resultQuality"] = orjson.Fragment(draft.quality)
    if draft.valid_from is not None:
        until = f"/{written(draft.valid_until)}" if draft.valid_until else ""
        shown["validTime"] = f"{written(draft.valid_from)}{until}"
    if draft.parameters is not None:
        shown["parameters"] = orjson.Fragment(draft.parameters)
    return {**shown, **_links(link)}


def _links(link: str) -> Mapping[str, object]:
    return {f"{name}@iot.navigationLink": f"{link}/{name}" for name in ("Datastream", "FeatureOfInterest")}


def _instant(value: object) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadEntity(params={"field": "resultTime"})
    return instant_of(value)


def _period(value: object) -> tuple[datetime | None, datetime | None]:
    if value is None:
        return None, None
    if not isinstance(value, str):
        raise BadEntity(params={"field": "validTime"})
    found = period_of(value)
    return found.begin, found.end if "/" in value else None


def _json(name: str, value: object) -> str | None:
    return None if value is None else orjson.dumps(storable(name, value)).decode()
