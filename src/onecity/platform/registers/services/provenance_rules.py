"""Sources, and the editions of the rules that say which of them is answerable for which field."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisation, record
from onecity.platform.registers.contracts.provenance import SourceInfo
from onecity.platform.registers.models import DataSource, SourceRule, SourceVersion
from onecity.platform.registers.permissions import MANAGE_SOURCES
from onecity.platform.registers.registries import registers
from onecity.platform.registers.rules.provenance import ANY_FIELD
from onecity.platform.registers.selectors.provenance import version_in_force

Tiers = Mapping[str, Sequence[Sequence[int]]]
"""Field → groups of sources, best first; sources of one group are equal."""


class NotADraft(Conflict):
    """Only a draft may change; a published edition never does."""

    code = "registers.not_a_draft"
    message = zh("规则版本已发布，不能再修改；请另拟新版本")


def add_source(actor: Actor, *, code: str, name: str, organisation_id: int, now: datetime) -> SourceInfo:
    """Enter a data source, or return the one of this code. now: city time.

    Raises: NotPermitted; NotFound for an unknown organisation; Invalid for an empty code or name.
    """
    _check_right(actor)
    if not code.strip() or not name.strip():
        raise Invalid(fields={"code": zh("请填写来源编码和名称")})
    organisation(organisation_id)
    with transaction.atomic():
        row, created = DataSource.objects.get_or_create(
            code=code.strip(),
            defaults={"name": name.strip(), "organisation_id": organisation_id, "created_at": now},
        )
        if created:
            record(actor, action="registers.add_source", target=f"registers.datasource:{row.id}")
    return SourceInfo(row.id, row.code, row.name, row.organisation_id)


def start_draft(actor: Actor, *, register: str, now: datetime) -> int:
    """Begin the next edition as a copy of the one in force, or return the draft that there is; returns its id.

    Raises: NotPermitted; NotFound for an unknown register.
    """
    _check_right(actor)
    if register not in registers():
        raise NotFound
    with transaction.atomic():
        DataSource.objects.select_for_update().order_by("id").first()  # one draft is begun at a time
        known = SourceVersion.objects.filter(register=register, state=SourceVersion.State.DRAFT).first()
        if known:
            return known.id
        last = SourceVersion.objects.filter(register=register).order_by("-number").first()
        current = version_in_force(register, now=now)
        draft = SourceVersion.objects.create(
            register=register, number=last.number + 1 if last else 1, author=actor.key[:60], created_at=now
        )
        if current:
            lines = SourceRule.objects.filter(version=current)
            SourceRule.objects.bulk_create(
                SourceRule(version=draft, field=line.field, source_id=line.source_id, rank=line.rank) for line in lines
            )
        record(actor, action="registers.draft_source_rules", target=f"registers.sourceversion:{draft.id}")
    return draft.id


def set_ranks(actor: Actor, *, version_id: int, tiers: Tiers) -> None:
    """Set the order of sources for the named fields of a draft; an empty order takes the field's line away.

    Raises: NotPermitted; NotFound; NotADraft; Invalid for an unknown field or source, or a source named twice.
    """
    _check_right(actor)
    with transaction.atomic():
        version = _locked(version_id)
        known = set(DataSource.objects.values_list("id", flat=True))
        fields = {item.name for item in registers()[version.register].fields} | {ANY_FIELD}
        for field, groups in tiers.items():
            _check_line(field, groups, fields=fields, known=known)
            SourceRule.objects.filter(version=version, field=field).delete()
            SourceRule.objects.bulk_create(
                SourceRule(version=version, field=field, source_id=source, rank=rank)
                for rank, group in enumerate(groups, start=1)
                for source in group
            )
        record(
            actor,
            action="registers.set_source_ranks",
            target=f"registers.sourceversion:{version.id}",
            details={"fields": sorted(tiers)},
        )


def publish_version(actor: Actor, *, version_id: int, basis: str, valid_from: datetime, now: datetime) -> None:
    """Publish a draft: it holds from `valid_from` on and never changes again.

    Raises: NotPermitted; NotFound; NotADraft; Invalid without a basis, without lines, or for a time that is past.
    """
    _check_right(actor)
    if not basis.strip():
        raise Invalid(fields={"basis": zh("请写明依据")})
    if valid_from < now:
        raise Invalid(fields={"valid_from": zh("生效时间不能早于现在")})
    with transaction.atomic():
        version = _locked(version_id)
        if not SourceRule.objects.filter(version=version).exists():
            raise Invalid(zh("规则中还没有任何一行，不能发布"))
        version.state, version.basis, version.valid_from = SourceVersion.State.PUBLISHED, basis.strip(), valid_from
        version.publisher, version.published_at = actor.key[:60], now
        version.save()
        record(
            actor,
            action="registers.publish_source_rules",
            target=f"registers.sourceversion:{version.id}",
            details={"register": version.register, "number": version.number, "valid_from": valid_from},
        )


def _check_right(actor: Actor) -> None:
    if not actor.may(MANAGE_SOURCES):
        raise NotPermitted


def _locked(version_id: int) -> SourceVersion:
    version = SourceVersion.objects.select_for_update().filter(id=version_id).first()
    if version is None:
        raise NotFound
    if version.state != SourceVersion.State.DRAFT:
        raise NotADraft
    return version


def _check_line(field: str, groups: Sequence[Sequence[int]], *, fields: set[str], known: set[int]) -> None:
    if field not in fields:
        raise Invalid(zh("没有这个字段：{field}"), params={"field": field})
    named = [source for group in groups for source in group]
    if not known.issuperset(named):
        raise Invalid(zh("字段“{field}”的来源没有登记"), params={"field": field})
    if len(set(named)) != len(named):
        raise Invalid(zh("字段“{field}”中同一来源出现两次"), params={"field": field})
