"""CreateObservations: many observations of many Datastreams in one request, each told what became of it.

Source: OGC 18-088, 12.2 (data array: create observations).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.platform.iot.contracts import Outcome
from onecity.platform.iot.rules.instants import EPOCH
from onecity.platform.iot.sensorthings.observing.drafts import EXACT, Draft, draft_of
from onecity.platform.iot.sensorthings.observing.single import check_feature, check_outcome, id_of
from onecity.platform.iot.sensorthings.observing.streams import Stream
from onecity.platform.iot.sensorthings.observing.window import span
from onecity.platform.iot.sensorthings.writing.fields import BadEntity
from onecity.web.hot import HotResponse

if TYPE_CHECKING:
    from onecity.platform.iot.sensorthings.service import Service

MOST: Final = 500_000
_FEATURES: Final = frozenset({"FeatureOfInterest/id", "FeatureOfInterest/@iot.id"})
_EPOCH: Final = np.datetime64(EPOCH.replace(tzinfo=None), "us")
Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Table:
    """One Datastream's rows."""

    datastream_id: int
    components: tuple[str, ...]
    rows: Sequence[object]


async def create_observations(service: "Service", told: object) -> HotResponse:
    """Store data arrays; the answer has a link or an error for each row, in order.

    Raises: BadEntity for a body that is none; Unavailable.
    """
    tables = _tables(told)
    ids = sorted({table.datastream_id for table in tables})
    streams = await service.observing.streams(ids, service.pool, service.writer().scope)
    found: list[Draft | OneCityError] = []
    for table in tables:
        found += await _drafts(service, table, streams.get(table.datastream_id))
    drafts = [item for item in found if isinstance(item, Draft)]
    things = sorted({stream.thing_id for stream in streams.values()})
    outcomes = iter(await service.observing.observer.store(drafts, things=things) if drafts else [])
    answers = [_answer(service, item, next(outcomes) if isinstance(item, Draft) else None) for item in found]
    return HotResponse(orjson.dumps(answers), status=201)


def _answer(service: "Service", item: Draft | OneCityError, outcome: Outcome | None) -> str:
    if isinstance(item, Draft) and outcome is not None:
        try:
            check_outcome(outcome)
        except OneCityError as error:
            return f"error: {error.sentence()}"
        service.touched.append(("Observations", item.number_id))
        return f"{service.base}Observations({item.number_id})"
    return f"error: {item.sentence()}" if isinstance(item, OneCityError) else "error"


def _tables(told: object) -> list[Table]:
    entries = told if isinstance(told, list) else [told]
    found = [_table(entry) for entry in entries]
    if sum(len(table.rows) for table in found) > MOST:
        raise BadEntity(params={"field": "dataArray"})
    return found


def _table(entry: object) -> Table:
    if not isinstance(entry, dict):
        raise BadEntity(params={"field": "dataArray"})
    components, rows = entry.get("components"), entry.get("dataArray")
    fits = isinstance(components, list) and all(isinstance(name, str) for name in components)
    if not fits or not isinstance(rows, list) or len(set(map(str, components or []))) != len(components or []):
        raise BadEntity(params={"field": "components"})
    return Table(id_of(entry.get("Datastream"), "Datastream"), tuple(map(str, components or [])), rows)


async def _drafts(service: "Service", table: Table, stream: Stream | None) -> Sequence[Draft | OneCityError]:
    """Return a draft for each row, or what is wrong with it."""
    if stream is None:
        return [BadEntity(params={"field": f"Datastreams({table.datastream_id})"})] * len(table.rows)
    quick = _quickly(table, stream)
    if quick is not None:
        return quick
    found: list[Draft | OneCityError] = []
    features: dict[object, OneCityError | None] = {}
    for row in table.rows:
        try:
            found.append(await _draft(service, table, row, stream, features))
        except OneCityError as error:
            found.append(error)
    return found


async def _draft(
    service: "Service", table: Table, row: object, stream: Stream, features: dict[object, OneCityError | None]
) -> Draft:
    if not isinstance(row, list) or len(row) != len(table.components):
        raise BadEntity(params={"field": "dataArray"})
    body: Mapping[str, object] = dict(zip(table.components, row, strict=True))
    names = [name for name in body if name in _FEATURES]
    draft = draft_of({name: value for name, value in body.items() if name not in _FEATURES}, now=clock.city_now())
    feature = None
    if names and body[names[0]] is not None:
        feature = id_of({"@iot.id": body[names[0]]}, "FeatureOfInterest")
        if feature not in features:
            features[feature] = await _fault(service, feature)
        fault = features[feature]
        if fault is not None:
            raise fault
    await service.observing.relate(draft, stream, feature)
    return draft


async def _fault(service: "Service", feature: int) -> OneCityError | None:
    try:
        await check_feature(feature, service.pool, service.writer().scope)
    except OneCityError as error:
        return error
    return None


def _quickly(table: Table, stream: Stream) -> list[Draft] | None:
    """Return drafts of rows that are nothing but instants in UTC and numbers; None if any is more.

    What may be wrong with them otherwise is looked at one by one.
    """
    if stream.native and (stream.needs_feature or stream.own_feature is not None):
        return None
    if set(table.components) != {"phenomenonTime", "result"} or not table.rows:
        return None
    first = table.components.index("phenomenonTime")
    try:
        times, results = zip(*table.rows, strict=True) if first == 0 else tuple(zip(*table.rows, strict=True))[::-1]
    except (TypeError, ValueError):
        return None
    if set(map(type, results)) - {int, float} or not all(type(time) is str and time[-1:] == "Z" for time in times):
        return None
    return _made(times, results, stream)


def _made(times: Sequence[str], results: Sequence[float], stream: Stream) -> list[Draft] | None:
    try:
        instants = np.array([time[:-1] for time in times], dtype="datetime64[us]")
    except ValueError:
        return None
    at = (instants - _EPOCH).astype(np.int64)
    numbers = np.array(results, np.float64)
    if not _sound(at, numbers, stream):
        return None
    return [
        Draft(begin, number=number, datastream_id=stream.id, open_clock=stream.native)
        for begin, number in zip(at.tolist(), numbers.tolist(), strict=True)
    ]


def _sound(at: NDArray[np.int64], numbers: NDArray[np.float64], stream: Stream) -> bool:
    """Say whether all are numbers that a float says exactly, at times that the store keeps, to the millisecond."""
    if np.any(at % 1000) or np.any(np.abs(numbers) > EXACT):
        return False
    first, last = span(clock.city_now())
    return not stream.native or bool(first <= at.min() and at.max() <= last)
