"""Case types as data: drafts are edited, published versions are never altered, a newer one follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.registry import CODE_PATTERN
from onecity.kernel.text import zh
from onecity.platform.cases.models import CaseType, CaseTypeVersion
from onecity.platform.cases.process.checks import faults_of
from onecity.platform.cases.process.drawing import drawn
from onecity.platform.cases.process.reading import Reading
from onecity.platform.cases.rules.faults import Fault
from onecity.platform.cases.rules.settings import read_settings
from onecity.platform.cases.selectors.remembered import forget_all
from onecity.platform.cases.selectors.versions import known
from onecity.platform.identity.api import record

State = CaseTypeVersion.State


class VersionRefused(Invalid):
    """A draft may not be published; `faults` says why."""

    code = "version_refused"
    message = zh("流程版本未通过校验：{first}")

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(
            fields={fault.element: fault.text() for fault in self.faults},
            params={"first": f"{first.element} {first.text()}"},
        )


class NotADraft(Conflict):
    """Only drafts can be edited, discarded or published."""

    code = "not_a_draft"
    message = zh("只有草稿可以修改、删除或发布")


class DraftChanged(Conflict):
    """Somebody else saved the draft meanwhile."""

    code = "draft_changed"
    message = zh("草稿已被他人修改，请重新打开后再编辑")


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was saved."""

    id: int
    number: int
    revision: int


def create_type(actor: Actor, *, code: str, name: str) -> int:
    """Create a case type; returns its id.

    Raises: Invalid for a code that is malformed or taken.
    """
    if not CODE_PATTERN.fullmatch(code) or len(code) > 80:
        raise Invalid(fields={"code": zh("编码由小写英文单词和点组成")})
    if not name.strip():
        raise Invalid(fields={"name": zh("请填写名称")})
    with transaction.atomic():
        row, created = CaseType.objects.get_or_create(code=code, defaults={"name": name.strip()[:60]})
        if not created:
            raise Invalid(fields={"code": zh("编码已被使用")})
        record(actor, action="cases.create_type", target=f"cases.casetype:{row.id}", details={"code": code})
    return row.id


def new_draft(actor: Actor, *, version_id: int, now: datetime) -> Draft:
    """Begin a draft as a copy of a version."""
    source = _version(version_id)
    return save_draft(actor, type_code=source.case_type.code, process=source.process, settings=source.settings, now=now)


def save_draft(
    actor: Actor, *, type_code: str, process: str, settings: Mapping[str, object], now: datetime, note: str = ""
) -> Draft:
    """Begin a draft of a type with the next number.

    Raises: NotFound for an unknown type.
    """
    with transaction.atomic():
        case_type = CaseType.objects.select_for_update().filter(code=type_code).first()
        if case_type is None:
            raise NotFound(zh("没有这个案件类型"))
        last = CaseTypeVersion.objects.filter(case_type=case_type).aggregate(last=Max("number"))["last"] or 0
        row = CaseTypeVersion.objects.create(
            case_type=case_type,
            number=last + 1,
            process=with_drawing(process),
            settings=dict(settings),
            note=note[:200],
            created_at=now,
            created_by=actor.key[:60],
        )
        _record(actor, "cases.begin_draft", row)
    return Draft(row.id, row.number, row.revision)


def edit_draft(
    actor: Actor, *, version_id: int, process: str, settings: Mapping[str, object], note: str, revision: int
) -> Draft:
    """Save a draft anew; it may hold faults, which publishing finds.

    Raises: NotFound; NotADraft; DraftChanged if `revision` is not the current one.
    """
    with transaction.atomic():
        row = _locked_draft(version_id)
        if row.revision != revision:
            raise DraftChanged
        row.process, row.settings, row.note = with_drawing(process), dict(settings), note[:200]
        row.revision += 1
        row.save(update_fields=["process", "settings", "note", "revision"])
        _record(actor, "cases.edit_draft", row)
    return Draft(row.id, row.number, row.revision)


def with_drawing(process: str) -> str:
    """Return a process with a drawing, if it can be read at all."""
    diagram = Reading(process).diagram
    return drawn(process, diagram) if diagram else process


def discard_draft(actor: Actor, *, version_id: int) -> None:
    """Throw a draft away.

    Raises: NotFound; NotADraft.
    """
    with transaction.atomic():
        row = _locked_draft(version_id)
        _record(actor, "cases.discard_draft", row)
        row.delete()


def faults_of_draft(process: str, settings: Mapping[str, object]) -> list[Fault]:
    """Return everything that keeps a draft from being published."""
    read, faults = read_settings(settings)
    reading = Reading(process)
    faults = [*faults, *reading.faults]
    if reading.diagram is not None:
        faults += faults_of(reading.diagram, settings=read, known=known())
    return faults


def publish(actor: Actor, *, version_id: int, now: datetime) -> None:
    """Publish a draft: new cases run under it, running ones keep theirs, the version before it is retired.

    Raises: NotFound; NotADraft; VersionRefused with every fault.
    """
    with transaction.atomic():
        row = _locked_draft(version_id)
        faults = faults_of_draft(row.process, row.settings)
        if faults:
            raise VersionRefused(faults)
        CaseTypeVersion.objects.filter(case_type_id=row.case_type_id, state=State.PUBLISHED).update(
            state=State.RETIRED, retired_at=now
        )
        row.state, row.published_at, row.published_by = State.PUBLISHED, now, actor.key[:60]
        row.save(update_fields=["state", "published_at", "published_by"])
        _record(actor, "cases.publish_version", row)
    forget_all()


def retire(actor: Actor, *, version_id: int, now: datetime) -> None:
    """Retire the published version without a follower: no new cases can be opened, running ones go on.

    Raises: NotFound; Conflict if the version is not the published one.
    """
    with transaction.atomic():
        row = CaseTypeVersion.objects.select_for_update().filter(id=version_id).first()
        if row is None:
            raise NotFound(zh("没有这个流程版本"))
        if row.state != State.PUBLISHED:
            raise Conflict(zh("只有已发布的版本可以停用"))
        row.state, row.retired_at = State.RETIRED, now
        row.save(update_fields=["state", "retired_at"])
        _record(actor, "cases.retire_version", row)
    forget_all()


def _version(version_id: int) -> CaseTypeVersion:
    row = CaseTypeVersion.objects.select_related("case_type").filter(id=version_id).first()
    if row is None:
        raise NotFound(zh("没有这个流程版本"))
    return row


def _locked_draft(version_id: int) -> CaseTypeVersion:
    row = CaseTypeVersion.objects.select_for_update().filter(id=version_id).first()
    if row is None:
        raise NotFound(zh("没有这个流程版本"))
    if row.state != State.DRAFT:
        raise NotADraft
    return row


def _record(actor: Actor, action: str, row: CaseTypeVersion) -> None:
    details = {"type": row.case_type_id, "number": row.number}
    record(actor, action=action, target=f"cases.casetypeversion:{row.id}", details=details)
