"""Changing and deleting single observations: out of the store and, changed, into it again."""

import math
from typing import Final

from django.db import connection

from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.iot.models import StaDatastream
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.sensorthings.entities import SETS
from onecity.platform.iot.sensorthings.observing.deep import store_now, told_feature
from onecity.platform.iot.sensorthings.observing.drafts import Draft, draft_of, set_extras, set_result, set_time
from onecity.platform.iot.sensorthings.observing.keeping import choose_keys
from onecity.platform.iot.sensorthings.observing.window import check_time
from onecity.platform.iot.sensorthings.writing.deleting import erase_observations
from onecity.platform.iot.sensorthings.writing.desk import CityOwned, Desk
from onecity.platform.iot.sensorthings.writing.fields import BadEntity, Body

_FIND: Final = f"""
    SELECT e.datastream_id, e.phenomenon_at, e.result, s.begins_at, s.ends_at, s.result::text, s.result_at,
        s.valid_from, s.valid_until, s.result_quality::text, s.parameters::text, s.feature_id
    FROM iot_observation e LEFT JOIN iot_sta_observation s
        ON s.datastream_id = e.datastream_id AND s.phenomenon_at = e.phenomenon_at
    WHERE {SETS["Observations"].by_id.format(a="e", k="%s::bigint")} LIMIT 1
"""
_PLACES: Final = _FIND.count("%s")


def change_observation(desk: Desk, number: int, body: object, *, replace: bool) -> None:
    """Change an observation; its id stays. replace: what the body does not tell becomes empty.

    Runs in the caller's transaction. A changed value is judged by rules only if it is its Datastream's newest.
    Raises: NotFound; CityOwned; BadEntity; BadTime; NotStored.
    Source: OGC 18-088, 10.3.1 (update an entity).
    """
    if not isinstance(body, dict):
        raise BadEntity(params={"field": "Observations"})
    before = _found(desk, number)
    draft = draft_of(body, now=desk.now) if replace else _changed(before, body, desk)
    draft.datastream_id, draft.id = before.datastream_id, number
    draft.feature_id = before.feature_id
    _relate(desk, draft, body)
    check_time(draft, now=desk.now)
    erase_observations([(before.datastream_id, before.at)], desk=desk)
    choose_keys([draft])
    store_now(draft, desk=desk)
    desk.note("Observations", number)


def delete_observation(desk: Desk, number: int) -> None:
    """Delete an observation. Runs in the caller's transaction.

    Raises: NotFound; CityOwned.
    """
    found = _found(desk, number)
    erase_observations([(found.datastream_id, found.at)], desk=desk)


def _changed(draft: Draft, body: Body, desk: Desk) -> Draft:
    if "phenomenonTime" in body:
        set_time(draft, body["phenomenonTime"], now=desk.now)
    if "result" in body:
        set_result(draft, body["result"])
    draft_of({"result": 0, **body}, now=desk.now)  # names that nobody knows are refused
    set_extras(draft, body)
    return draft


def _relate(desk: Desk, draft: Draft, body: Body) -> None:
    for relation in SETS["Observations"].relations:
        if relation.name not in body:
            continue
        target = desk.reference(relation.target, body[relation.name])
        if target is None:
            raise BadEntity(params={"field": relation.name})
        if relation.name == "Datastream":
            draft.datastream_id = target
        else:
            draft.feature_id = told_feature(draft.datastream_id, target)


def _found(desk: Desk, number: int) -> Draft:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [number] * _PLACES)
        row = cursor.fetchone()
    stream = row and StaDatastream.objects.filter(desk.within(), id=row[0]).first()
    if not stream:
        raise NotFound(zh("没有这个实体：{path}"), params={"path": f"Observations({number})"})
    if not stream.native:
        raise CityOwned
    at = micros(row[1])
    return Draft(
        begins=micros(row[3]) if row[3] else at,
        ends=micros(row[4]) if row[4] else None,
        number=math.nan if row[2] is None else row[2],
        result=row[5],
        result_at=row[6],
        valid_from=row[7],
        valid_until=row[8],
        quality=row[9],
        parameters=row[10],
        datastream_id=row[0],
        feature_id=row[11],
        at=at,
    )
