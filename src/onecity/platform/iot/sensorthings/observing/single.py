"""Single observations over HTTP: looked up together, stored together, each answered after its commit."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import asyncpg
import orjson

from onecity.kernel import clock
from onecity.kernel.errors import Conflict, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import RowScope
from onecity.platform.iot.contracts import Outcome
from onecity.platform.iot.sensorthings.clerks import Clerks
from onecity.platform.iot.sensorthings.observing.drafts import Draft, draft_of, told
from onecity.platform.iot.sensorthings.observing.features import feature_now
from onecity.platform.iot.sensorthings.observing.receiving import Observer
from onecity.platform.iot.sensorthings.observing.streams import Stream, Streams
from onecity.platform.iot.sensorthings.observing.window import TimeOutside, check_time
from onecity.platform.iot.sensorthings.writing.fields import BadEntity
from onecity.web.hot import HotResponse

if TYPE_CHECKING:
    from onecity.platform.iot.sensorthings.service import Service

_FEATURE: Final = "SELECT organisation_id, division_code FROM iot_sta_feature WHERE id = $1"
_KEYS: Final = frozenset({"@iot.id", "id"})


class Differs(Conflict):
    """A device of the city told something else for the same instant already."""

    code = "iot.sensorthings_differs"
    message = zh("该设备在同一时刻已有不同的监测值")


class Observing:
    """What a process needs for observations."""

    def __init__(self, observer: Observer, clerks: Clerks) -> None:
        self.observer, self._clerks = observer, clerks
        self._streams = Streams()

    def takes(self, body: object, given: Mapping[str, int]) -> bool:
        """Say whether an observation tells its relations by reference only; others are made with their relations."""
        if not isinstance(body, dict):
            return False
        names = [name for name in ("Datastream", "FeatureOfInterest") if name not in given and name in body]
        return all(isinstance(body[name], dict) and bool(_KEYS & set(body[name])) for name in names)

    async def post(self, service: "Service", body: object, given: Mapping[str, int]) -> HotResponse:
        """Store one observation.

        Raises: BadEntity; BadTime; TimeOutside; Differs; Unavailable.
        """
        assert isinstance(body, dict)
        draft = draft_of(body, now=clock.city_now())
        number = given["Datastream"] if "Datastream" in given else id_of(body.get("Datastream"), "Datastream")
        found = await self.streams([number], service.pool, service.writer().scope)
        stream = found.get(number)
        if stream is None and "Datastream" in given:
            raise NotFound(zh("没有这个实体：{path}"), params={"path": f"Datastreams({number})"})
        if stream is None:
            raise BadEntity(params={"field": "Datastream"})
        feature = given.get("FeatureOfInterest")
        if feature is None and "FeatureOfInterest" in body:
            feature = id_of(body["FeatureOfInterest"], "FeatureOfInterest")
        if feature is not None:
            await check_feature(feature, service.pool, service.writer().scope)
        await self.relate(draft, stream, feature)
        outcome = (await self.observer.store([draft], things=[stream.thing_id]))[0]
        check_outcome(outcome)
        service.touched.append(("Observations", draft.number_id))
        shown = told(draft, base=service.base)
        return HotResponse(orjson.dumps(shown), status=201, headers={"location": str(shown["@iot.selfLink"])})

    async def streams(self, ids: list[int], pool: asyncpg.Pool, scope: RowScope) -> dict[int, Stream]:
        """Return those of the Datastreams for which observations may be made in a scope."""
        found = await self._streams.find(ids, pool=pool)
        return {number: found[number] for number in ids if number in found and found[number].within(scope)}

    async def relate(self, draft: Draft, stream: Stream, feature: int | None) -> None:
        """Give a draft its Datastream and its feature, made where there is none yet. feature: as it was told.

        Raises: BadEntity; TimeOutside.
        """
        draft.datastream_id, draft.open_clock = stream.id, stream.native
        if feature is not None:
            draft.feature_id = None if feature == stream.feature_id else feature
        elif stream.needs_feature:
            draft.feature_id = await self._clerks.run(lambda: feature_now(stream.id))
        else:
            draft.feature_id = stream.own_feature
        if stream.native:
            check_time(draft, now=clock.city_now())
        elif not draft.plain:
            raise BadEntity(zh("城市设备的数据流只接受观测时间和数值结果：{field}"), params={"field": "Observations"})


async def check_feature(number: int, pool: asyncpg.Pool, scope: RowScope) -> None:
    """Refuse a feature that is not there or may not be used.

    Raises: BadEntity.
    """
    row = await pool.fetchrow(_FEATURE, number) if abs(number) < 2**63 else None
    if row is None or not _within(row["organisation_id"], row["division_code"], scope):
        raise BadEntity(zh("关联的实体不存在：{field}"), params={"field": f"FeaturesOfInterest({number})"})


def check_outcome(outcome: Outcome) -> None:
    """Refuse what the store did.

    Raises: TimeOutside; Differs.
    """
    if outcome is Outcome.CLOCK:
        raise TimeOutside
    if outcome is Outcome.CONFLICTING:
        raise Differs


def _within(organisation_id: int | None, division_code: str, scope: RowScope) -> bool:
    if scope.everything or organisation_id in scope.organisation_ids:
        return True
    return any(division_code.startswith(code) for code in scope.division_codes)


def id_of(value: object, name: str) -> int:
    found = value.get("@iot.id", value.get("id")) if isinstance(value, dict) else None
    if isinstance(found, str) and found.isascii() and found.isdigit():
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int):
        raise BadEntity(params={"field": name})
    return found
