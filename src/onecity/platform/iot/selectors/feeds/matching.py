"""Which events of the feed a subscription gets: what it asks for, of what its owner may see at this moment.

Everything is asked for a whole page at once: one statement for its datastreams, one for its devices.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
import numpy as np
from numpy.typing import NDArray

from onecity.platform.identity.api import RowScope, scope_sql
from onecity.platform.iot.contracts.subscriptions import EventFilter
from onecity.platform.iot.rules.instants import instant
from onecity.platform.iot.rules.subscribing.envelopes import Event, envelope, event_id
from onecity.platform.iot.rules.subscribing.expression import condition
from onecity.platform.iot.rules.subscribing.packing import NEWEST, Packed
from onecity.platform.iot.selectors.feeds import Asked
from onecity.platform.iot.selectors.feeds.entries import Entry
from onecity.platform.iot.selectors.feeds.wishes import Wish

_CHOSEN: Final = f"""
    {scope_sql(first=2, organisation="d.organisation_id", division="d.division_code")}
    AND (cardinality($5::text[]) = 0 OR d.type_code = ANY($5))
    AND (cardinality($6::text[]) = 0 OR d.key = ANY($6))
    AND (cardinality($7::text[]) = 0 OR d.division_code LIKE ANY($7))
    AND (cardinality($8::bigint[]) = 0 OR EXISTS (SELECT FROM iot_devicegroup g WHERE g.id = ANY($8) AND CASE g.kind
        WHEN 'static' THEN EXISTS (SELECT FROM iot_groupmember m WHERE m.group_id = g.id AND m.device_id = d.id)
        ELSE jsonb_build_object('type_code', d.type_code, 'state', d.state, 'protocol', d.protocol,
                'product_id', d.product_id, 'organisation_id', d.organisation_id, 'parent_id', d.parent_id,
                'firmware_version', d.firmware_version) @> (g.filter - '{{search,division_code,tag,group_id}}'::text[])
            AND starts_with(d.division_code, coalesce(g.filter ->> 'division_code', ''))
            AND (NOT g.filter ? 'tag' OR d.tags @> ARRAY[g.filter ->> 'tag']::varchar[])
            AND (NOT g.filter ? 'search' OR strpos(upper(d.name), upper(g.filter ->> 'search')) > 0
                OR strpos(upper(d.key), upper(g.filter ->> 'search')) > 0)
        END))
"""
_STREAMS: Final = f"""
    SELECT s.id, d.key, d.name, d.type_code, s.property_code, s.period, s.sub_value, s.unit
    FROM iot_datastream s JOIN iot_device d ON d.id = s.device_id
    WHERE s.id = ANY($1::int[]) AND {_CHOSEN}
    AND (cardinality($9::text[]) = 0 OR s.property_code = ANY($9))
    AND (cardinality($10::text[]) = 0 OR s.period = ANY($10))
"""
_DEVICES: Final = (
    f"SELECT d.id, d.key, d.name, d.type_code FROM iot_device d WHERE d.id = ANY($1::bigint[]) AND {_CHOSEN}"
)
_OWN: Final = frozenset({"sample", "gap"})
_INNER: Final = frozenset({"topic", "at", "device_id", "datastream_id", "organisation_id", "division_code"})
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Picked:
    """An event that is to be told, not yet written out. facts: of its datastream or device; None for neither."""

    key: Key
    topic: str
    facts: asyncpg.Record | None
    what: "Mapping[str, object] | np.void"
    made_at: datetime

    def event(self) -> Event:
        """Return the event as applications get it."""
        number = event_id(*self.key)
        if isinstance(self.what, np.void):
            assert self.facts is not None
            at = instant(int(self.what["at"]))
            return envelope(
                self.topic, number=number, subject=self.facts["key"], at=at, data=_reading(self.what, self.facts)
            )
        told = self.what
        at = datetime.fromisoformat(str(told["at"])) if told.get("at") else self.made_at
        data = {name: value for name, value in told.items() if name not in _INNER}
        if self.facts is not None:
            data = {"device": self.facts["key"], "name": self.facts["name"], "type": self.facts["type_code"], **data}
        subject = self.facts["key"] if self.facts else ""
        return envelope(self.topic, number=number, subject=subject, at=at, data=data)


async def picked_from(pool: Asked, wish: Wish, entries: Sequence[Entry], *, after: Key) -> list[Picked]:
    """Return what a subscription gets of some entries, in their order. after: the last event settled."""
    found = [*await _readings(pool, wish, entries, after), *await _others(pool, wish, entries, after)]
    return sorted(found, key=lambda item: item.key)


async def _readings(pool: Asked, wish: Wish, entries: Sequence[Entry], after: Key) -> list[Picked]:
    topic = next((name for name in ("readings", "latest") if name in wish.topics), "")
    parts = [(entry, entry.readings) for entry in entries if len(entry.readings) and entry.target is None]
    if not topic or not parts:
        return []
    rows: Packed = np.concatenate([part for _, part in parts])
    entry_of = np.repeat(np.arange(len(parts)), [len(part) for _, part in parts])
    place = np.concatenate([np.arange(len(part)) for _, part in parts])
    chosen = np.array([entry.position > after[0] for entry, _ in parts])[entry_of] | (place > after[1])
    if topic == "latest":
        chosen &= _newest_of_each(rows, chosen)
    if wish.filter.condition:
        chosen &= condition(wish.filter.condition)(rows["result"])
    streams = np.unique(rows["datastream"][chosen])
    facts = {row["id"]: row for row in await _streams(pool, wish, streams)} if len(streams) else {}
    chosen &= np.isin(rows["datastream"], np.fromiter(facts, np.int32, len(facts)))
    picked = []
    for number in np.flatnonzero(chosen).tolist():
        entry = parts[entry_of[number]][0]
        key = (entry.position, int(place[number]))
        picked.append(Picked(key, topic, facts[int(rows["datastream"][number])], rows[number], entry.made_at))
    return picked


def _newest_of_each(rows: Packed, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say of readings whether they are the last that became their datastream's latest value."""
    newest = np.zeros(len(rows), np.bool_)
    candidates = np.flatnonzero(chosen & (rows["marks"] >= NEWEST))[::-1]
    _, last = np.unique(rows["datastream"][candidates], return_index=True)
    newest[candidates[last]] = True
    return newest


async def _others(pool: Asked, wish: Wish, entries: Sequence[Entry], after: Key) -> list[Picked]:
    items = [item for entry in entries for item in _told(wish, entry) if item.key > after]
    wanted = [(item, item.what) for item in items if not isinstance(item.what, np.void)]
    scoped: dict[str, dict[int, asyncpg.Record]] = {}
    for needs, scope in (("states", wish.devices), ("alarms", wish.alarms)):
        ids = {what["device_id"] for item, what in wanted if _needs(item.topic) == needs and what.get("device_id")}
        rows = await pool.fetch(_DEVICES, list(ids), *_parameters(wish.filter, scope)) if ids else []
        scoped[needs] = {row["id"]: row for row in rows}
    return list(_allowed(wish, wanted, scoped))


def _allowed(
    wish: Wish,
    wanted: Sequence[tuple[Picked, Mapping[str, object]]],
    scoped: Mapping[str, Mapping[int, asyncpg.Record]],
) -> Iterator[Picked]:
    for item, what in wanted:
        device_id = what.get("device_id")
        if item.topic in _OWN or (device_id is None and _may_see(wish, what)):
            yield item
        elif isinstance(device_id, int) and device_id in scoped[_needs(item.topic)]:
            yield Picked(item.key, item.topic, scoped[_needs(item.topic)][device_id], what, item.made_at)


def _needs(topic: str) -> str:
    return "states" if topic == "states" else "alarms"


def _told(wish: Wish, entry: Entry) -> Iterator[Picked]:
    for place, what in enumerate(entry.told):
        topic = str(what["topic"])
        mine = entry.target == wish.id if entry.target is not None else topic in wish.topics
        if mine and (entry.target is not None or _asked_for(wish.filter, topic, what)):
            yield Picked((entry.position, place), topic, None, what, entry.made_at)


def _asked_for(asked: EventFilter, topic: str, what: Mapping[str, object]) -> bool:
    if topic == "states":
        return True
    code = what.get("rule", what.get("rule_code"))
    return (not asked.severities or what.get("severity") in asked.severities) and (
        not asked.rules or code in asked.rules
    )


def _may_see(wish: Wish, what: Mapping[str, object]) -> bool:
    """Say whether the owner may see what no single device is the subject of; filters of devices do not fit it."""
    if wish.filter.types or wish.filter.devices or wish.filter.groups:
        return False
    division, scope = str(what.get("division_code", "")), wish.alarms
    if wish.filter.divisions and not division.startswith(wish.filter.divisions):
        return False
    return (
        scope.everything
        or what.get("organisation_id") in scope.organisation_ids
        or any(division.startswith(code) for code in scope.division_codes)
    )


async def _streams(pool: Asked, wish: Wish, streams: NDArray[np.int32]) -> Sequence[asyncpg.Record]:
    asked = wish.filter
    return await pool.fetch(
        _STREAMS, streams.tolist(), *_parameters(asked, wish.devices), list(asked.properties), list(asked.periods)
    )


def _parameters(asked: EventFilter, scope: RowScope) -> tuple[object, ...]:
    divisions = [f"{code}%" for code in asked.divisions]
    return (*scope.parameters(), list(asked.types), list(asked.devices), divisions, list(asked.groups))


def _reading(row: np.void, facts: asyncpg.Record) -> dict[str, object]:
    value, marks = float(row["result"]), int(row["marks"])
    return {
        "device": facts["key"],
        "name": facts["name"],
        "type": facts["type_code"],
        "property": facts["property_code"],
        "period": facts["period"],
        "sub_value": facts["sub_value"],
        "value": None if np.isnan(value) else value,
        "unit": facts["unit"],
        "quality": chr(marks % NEWEST),
        "latest": marks >= NEWEST,
    }
