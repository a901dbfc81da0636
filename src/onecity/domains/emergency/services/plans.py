"""Writing, publishing and retiring plans."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from onecity.domains.emergency.contracts import PlanDraft
from onecity.domains.emergency.models import Plan, PlanVersion
from onecity.domains.emergency.permissions import PUBLISH_PLAN, WRITE_PLAN
from onecity.domains.emergency.rules.plans import StepFacts, faults_of
from onecity.domains.emergency.selectors.plans import as_draft
from onecity.domains.emergency.services.plan_rows import check_draft, replace_rows
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import record, row_scope


class PlanNotInTurn(Conflict):
    """The version does not stand where this may be done with it."""

    code = "plan_not_in_turn"
    message = zh("该预案版本当前状态不能进行此操作")


class OwnPlan(Conflict):
    """Whoever wrote a version does not publish it."""

    code = "own_plan"
    message = zh("编制人不能发布自己编制的预案")


class PlanNotWhole(Invalid):
    """The plan lacks something that it needs in force."""

    code = "plan_not_whole"
    message = zh("预案不完整，不能发布")


def write_plan(actor: Actor, *, draft: PlanDraft, now: datetime, organisation_id: int | None = None) -> PlanVersion:
    """Write the draft version of a plan whole; a draft that stands is replaced, a published one gets a new version.

    organisation_id: of the body that writes it; the actor's own where none is given. now: city time.
    Raises: NotPermitted; Invalid naming the field.
    """
    owner = organisation_id or actor.organisation_id
    if owner is None or not _may(actor, WRITE_PLAN, owner):
        raise NotPermitted
    check_draft(draft)
    with transaction.atomic():
        plan = Plan.objects.select_for_update().filter(code=draft.code).first()
        if plan is None:
            plan = Plan.objects.create(code=draft.code, organisation_id=owner, created_at=now, name="", kind="")
        if plan.organisation_id != owner:
            raise NotPermitted
        plan.name, plan.kind, plan.kind_prefix = draft.name.strip(), draft.kind, draft.kind_prefix
        plan.save()
        rows = PlanVersion.objects.filter(plan=plan)
        version = rows.filter(state=PlanVersion.State.DRAFT).first() or PlanVersion(
            plan=plan, number=(rows.aggregate(most=Max("number"))["most"] or 0) + 1
        )
        version.purpose, version.review_by, version.changed_at = draft.purpose, draft.review_by, now
        version.author_id = actor.id if actor.kind == "account" else None
        version.save()
        replace_rows(version, draft)
        _record(actor, "emergency.write_plan", version)
    return version


def new_draft(actor: Actor, *, version_id: int, now: datetime) -> PlanVersion:
    """Begin the next version of a plan as a copy of this one; a draft that stands already is returned as it is.

    Raises: NotPermitted; NotFound.
    """
    version = PlanVersion.objects.select_related("plan").filter(id=version_id).first()
    if version is None:
        raise NotFound(zh("没有这个预案版本"))
    standing = PlanVersion.objects.filter(plan=version.plan, state=PlanVersion.State.DRAFT).first()
    if not _may(actor, WRITE_PLAN, version.plan.organisation_id):
        raise NotPermitted
    if standing is not None:
        return standing
    return write_plan(actor, draft=as_draft(version), now=now, organisation_id=version.plan.organisation_id)


def change_draft(actor: Actor, *, version_id: int, now: datetime, **changes: object) -> PlanVersion:
    """Change parts of a draft: any fields of `PlanDraft` but its code.

    Raises: NotPermitted; NotFound; PlanNotInTurn for a version that is no draft; Invalid naming the field.
    """
    with transaction.atomic():
        version = _locked(actor, version_id, WRITE_PLAN, PlanVersion.State.DRAFT)
        draft = replace(as_draft(version), **changes)  # type: ignore[arg-type]  # fields by name, checked below
        return write_plan(actor, draft=draft, now=now, organisation_id=version.plan.organisation_id)


def publish_plan(actor: Actor, *, version_id: int, now: datetime) -> None:
    """Publish a draft; the version published before is retired. Responses that go on keep theirs.

    Raises: NotPermitted; NotFound; PlanNotInTurn; OwnPlan; PlanNotWhole.
    """
    with transaction.atomic():
        version = _locked(actor, version_id, PUBLISH_PLAN, PlanVersion.State.DRAFT)
        if actor.kind == "account" and version.author_id == actor.id:
            raise OwnPlan
        draft = as_draft(version)
        faults = faults_of(
            (row.level for row in draft.levels),
            groups=[row.code for row in draft.groups],
            steps=[StepFacts(row.group_code, row.weakest_level) for row in draft.steps],
        )
        if faults:
            raise PlanNotWhole(fields={f"plan{place}": text for place, text in enumerate(faults)})
        PlanVersion.objects.filter(plan=version.plan, state=PlanVersion.State.PUBLISHED).update(
            state=PlanVersion.State.RETIRED, changed_at=now
        )
        version.state, version.changed_at, version.published_at = PlanVersion.State.PUBLISHED, now, now
        version.publisher_id = actor.id if actor.kind == "account" else None
        version.save()
        _record(actor, "emergency.publish_plan", version)


def retire_plan(actor: Actor, *, version_id: int, now: datetime) -> None:
    """Take a published version out of force.

    Raises: NotPermitted; NotFound; PlanNotInTurn.
    """
    with transaction.atomic():
        version = _locked(actor, version_id, PUBLISH_PLAN, PlanVersion.State.PUBLISHED)
        version.state, version.changed_at = PlanVersion.State.RETIRED, now
        version.save()
        _record(actor, "emergency.retire_plan", version)


def _may(actor: Actor, permission: str, organisation_id: int) -> bool:
    scope = row_scope(actor, permission)
    return scope.everything or organisation_id in scope.organisation_ids


def _locked(actor: Actor, version_id: int, permission: str, state: str) -> PlanVersion:
    rows = PlanVersion.objects.select_for_update(of=("self",)).select_related("plan")
    version = rows.filter(id=version_id).first()
    if version is None:
        raise NotFound(zh("没有这个预案版本"))
    if not _may(actor, permission, version.plan.organisation_id):
        raise NotPermitted
    if version.state != state:
        raise PlanNotInTurn
    return version


def _record(actor: Actor, action: str, version: PlanVersion) -> None:
    details = {"plan": version.plan.code, "version": version.number, "state": str(version.state)}
    record(actor, action=action, target=f"emergency.plan:{version.plan_id}", details=details)
