"""Setting sources up, changing them, letting them rest."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from onecity.domains.opinion.codecs.tables import FIELDS
from onecity.domains.opinion.contracts import NewSource
from onecity.domains.opinion.models import Source
from onecity.domains.opinion.permissions import CONFIGURE
from onecity.domains.opinion.rules.polite import host_of
from onecity.domains.opinion.selectors.sources import seen_sources
from onecity.domains.opinion.services.access import need
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisation, record

SHORTEST_MIN = 5
LONGEST_MIN = 24 * 60


class SourceKnown(Conflict):
    """This address is a source already."""

    code = "opinion_source_known"
    message = zh("该地址已经是采集源")


def add_source(actor: Actor, *, new: NewSource, now: datetime) -> Source:
    """Collect from a source from now on. now: real time, by which others' machines are asked.

    Raises: NotPermitted; Invalid naming the field; NotFound for an unknown organisation; SourceKnown.
    """
    need(actor, CONFIGURE)
    _check(new)
    owner = organisation(new.organisation_id)
    with transaction.atomic():
        if new.url and Source.objects.filter(url=new.url.strip()).exists():
            raise SourceKnown
        row = Source.objects.create(
            name=new.name.strip(),
            kind=new.kind,
            url=new.url.strip(),
            host=host_of(new.url) if new.url else "",
            organisation_id=owner.id,
            division_code=new.division_code or owner.division_code,
            interval_min=new.interval_min,
            reach=new.reach,
            columns={name: text for name, text in new.columns.items() if text},
            next_at=now if new.kind != Source.Kind.FILE else None,
            created_at=now,
        )
        record(actor, action="opinion.add_source", target=f"opinion.source:{row.pk}", details=_told(row))
    return row


def change_source(
    actor: Actor, *, source_id: int, interval_min: int, reach: int, is_active: bool, now: datetime
) -> None:
    """Change how often a source is looked at and what it counts for, let it rest or take it up again.

    Raises: NotPermitted; Invalid naming the field; NotFound.
    """
    need(actor, CONFIGURE)
    _check_pace(interval_min, reach)
    with transaction.atomic():
        row = _locked(actor, source_id)
        if is_active and not row.is_active and row.kind != Source.Kind.FILE:
            row.failures, row.next_at = 0, now
        row.interval_min, row.reach, row.is_active = interval_min, reach, is_active
        row.save(update_fields=["interval_min", "reach", "is_active", "failures", "next_at"])
        record(actor, action="opinion.change_source", target=f"opinion.source:{row.pk}", details=_told(row))


def look_now(actor: Actor, *, source_id: int, now: datetime) -> None:
    """Let a source be looked at with the next round, whenever it would have been due; the host's pause still holds.

    Raises: NotPermitted; NotFound; Invalid for one that is brought in by hand or rests.
    """
    need(actor, CONFIGURE)
    with transaction.atomic():
        row = _locked(actor, source_id)
        if row.kind == Source.Kind.FILE or not row.is_active:
            raise Invalid(fields={"source": zh("该采集源不能立即采集")})
        row.next_at = now
        row.save(update_fields=["next_at"])
        record(actor, action="opinion.look_now", target=f"opinion.source:{row.pk}")


def _locked(actor: Actor, source_id: int) -> Source:
    row = seen_sources(actor).select_for_update().filter(id=source_id).first()
    if row is None:
        raise NotFound(zh("没有这个采集源"))
    return row


def _check(new: NewSource) -> None:
    faults: dict[str, str] = {}
    if not new.name.strip():
        faults["name"] = zh("请填写采集源名称")
    if new.kind not in Source.Kind.values:
        faults["kind"] = zh("没有这种采集方式")
    elif new.kind != Source.Kind.FILE and not host_of(new.url):
        faults["url"] = zh("请填写以http://或https://开头的地址")
    elif new.kind == Source.Kind.FILE and new.url:
        faults["url"] = zh("人工导入的采集源没有地址")
    if set(new.columns) - set(FIELDS):
        faults["columns"] = zh("字段对应中有不认识的字段")
    if faults:
        raise Invalid(fields=faults)
    _check_pace(new.interval_min, new.reach)


def _check_pace(interval_min: int, reach: int) -> None:
    if not SHORTEST_MIN <= interval_min <= LONGEST_MIN:
        raise Invalid(fields={"interval_min": zh("采集间隔应为5分钟至24小时")})
    if not 1 <= reach <= 5:
        raise Invalid(fields={"reach": zh("媒体影响力等级为1至5")})


def _told(row: Source) -> Mapping[str, object]:
    return {
        "name": row.name,
        "kind": row.kind,
        "url": row.url,
        "interval_min": row.interval_min,
        "active": row.is_active,
    }
