"""Application maintenance of the filing standard: a draft is made, edited, published; what was published stays."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from onecity.domains.urban_management.classification import declared_class
from onecity.domains.urban_management.models import StandardClass, StandardEdition
from onecity.domains.urban_management.permissions import CONFIGURE
from onecity.domains.urban_management.rules.standards import StandardLine, edition_faults, faults_of
from onecity.domains.urban_management.selectors.standards import SCHEMES, lines_of, newest_lines
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.cases.api import add_edition
from onecity.platform.cases.declare import Classification
from onecity.platform.identity.api import record


class DraftExists(Conflict):
    """A scheme has one draft at a time."""

    code = "standard_draft_exists"
    message = zh("该编号方案已有一份草稿，请先发布或放弃")


class StandardIsPublished(Conflict):
    """What was published is never altered."""

    code = "standard_is_published"
    message = zh("已发布的版次不能修改，请建立新的草稿")


class StandardRefused(Invalid):
    """The draft has lines that cannot be published."""

    code = "standard_refused"
    message = zh("草稿有{count}处不符合要求，首处：{code} {text}")


def begin_draft(actor: Actor, *, scheme_code: str, note: str, now: datetime) -> int:
    """Make a draft from the newest published edition and return its id.

    Raises: NotPermitted; Invalid; DraftExists.
    """
    _check(actor)
    if scheme_code not in SCHEMES:
        raise Invalid(fields={"scheme_code": zh("没有这个编号方案")})
    with transaction.atomic():
        if StandardEdition.objects.select_for_update().filter(scheme_code=scheme_code, status="draft").exists():
            raise DraftExists
        row = StandardEdition.objects.create(
            scheme_code=scheme_code, note=note.strip()[:200], created_by=actor.key, created_at=now
        )
        StandardClass.objects.bulk_create(_row(row, line) for line in newest_lines(scheme_code))
        _record(actor, "begin_standard", row)
    return row.id


def set_line(actor: Actor, *, edition_id: int, line: StandardLine) -> None:
    """Add a line to a draft, or change the one with its code.

    Raises: NotPermitted; NotFound; StandardIsPublished; Invalid naming the field.
    """
    _check(actor)
    line = replace(line, name=line.name.strip(), closing=line.closing.strip())
    with transaction.atomic():
        draft = _locked_draft(edition_id)
        known = frozenset(StandardClass.objects.filter(standard=draft).values_list("code", flat=True))
        faults = faults_of(line, known=known)
        if faults:
            raise Invalid(fields=faults)
        facts = {"name": line.name, "limit": line.limit, "unit": line.unit, "closing": line.closing}
        StandardClass.objects.update_or_create(standard=draft, code=line.code, defaults=facts)
        _record(actor, "set_standard_line", draft, line=line.code, **facts)


def remove_line(actor: Actor, *, edition_id: int, code: str) -> None:
    """Take a line out of a draft, with all below it.

    Raises: NotPermitted; NotFound; StandardIsPublished.
    """
    _check(actor)
    with transaction.atomic():
        draft = _locked_draft(edition_id)
        gone, _ = StandardClass.objects.filter(standard=draft, code__startswith=code).delete() if code else (0, {})
        if not gone:
            raise NotFound(zh("草稿中没有这个编码"))
        _record(actor, "remove_standard_line", draft, line=code, lines=gone)


def drop_draft(actor: Actor, *, edition_id: int) -> None:
    """Give a draft up.

    Raises: NotPermitted; NotFound; StandardIsPublished.
    """
    _check(actor)
    with transaction.atomic():
        draft = _locked_draft(edition_id)
        _record(actor, "drop_standard", draft)
        draft.delete()


def publish(actor: Actor, *, edition_id: int, effective_from: datetime, now: datetime) -> int:
    """Publish a draft, in force for cases opened from `effective_from` on; returns the case engine's edition number.

    Cases opened before keep the edition they began with. effective_from: not before now.
    Raises: NotPermitted; NotFound; StandardIsPublished; Invalid; StandardRefused naming the first line at fault.
    """
    _check(actor)
    if effective_from < now:
        raise Invalid(fields={"effective_from": zh("生效时间不能早于现在：已受理的案件按原标准办理")})
    with transaction.atomic():
        draft, lines = _locked_draft(edition_id), lines_of(edition_id)
        faults = edition_faults(lines)
        if faults:
            code, text = faults[0]
            raise StandardRefused(params={"count": len(faults), "code": code, "text": text})
        _after_the_others(draft, effective_from)
        classes = tuple(declared_class(line) for line in lines)
        declared = Classification(draft.scheme_code, SCHEMES[draft.scheme_code], classes)
        draft.edition = add_edition(declared, effective_from=effective_from)
        draft.status, draft.effective_from = StandardEdition.Status.PUBLISHED, effective_from
        draft.published_by, draft.published_at = actor.key, now
        draft.save()
        _record(actor, "publish_standard", draft, effective_from=effective_from.isoformat(), lines=len(lines))
    return draft.edition


def _after_the_others(draft: StandardEdition, effective_from: datetime) -> None:
    others = StandardEdition.objects.filter(scheme_code=draft.scheme_code, status="published")
    newest = others.aggregate(at=Max("effective_from"))["at"]
    if newest is not None and effective_from <= newest:
        raise Invalid(fields={"effective_from": zh("生效时间应晚于上一版的生效时间")})


def _locked_draft(edition_id: int) -> StandardEdition:
    row = StandardEdition.objects.select_for_update().filter(id=edition_id).first()
    if row is None:
        raise NotFound(zh("没有这一版立案结案标准"))
    if row.status != StandardEdition.Status.DRAFT:
        raise StandardIsPublished
    return row


def _row(draft: StandardEdition, line: StandardLine) -> StandardClass:
    return StandardClass(
        standard=draft, code=line.code, name=line.name, limit=line.limit, unit=line.unit, closing=line.closing
    )


def _check(actor: Actor) -> None:
    if not actor.may(CONFIGURE):
        raise NotPermitted


def _record(actor: Actor, action: str, row: StandardEdition, **details: object) -> None:
    target = f"urban_management.standardedition:{row.id}"
    record(actor, action=f"urban_management.{action}", target=target, details={"scheme": row.scheme_code, **details})
