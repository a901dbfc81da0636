"""Plans as an actor may see them: published ones by everybody with the right, drafts by their own body."""

from django.db.models import Q, QuerySet

from onecity.domains.emergency.contracts import GroupDraft, LevelDraft, NeedDraft, PlanDraft, StepDraft
from onecity.domains.emergency.models import (
    Incident,
    PlanGroup,
    PlanLevel,
    PlanResource,
    PlanStep,
    PlanVersion,
)
from onecity.domains.emergency.permissions import PUBLISH_PLAN, VIEW, WRITE_PLAN
from onecity.domains.emergency.selectors.paging import paged
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.web.listing import Query
from onecity.web.paging import Page


def seen_versions(actor: Actor) -> QuerySet[PlanVersion]:
    """Return the versions that an actor may see: what is or was in force, and drafts of bodies he writes for."""
    rows = PlanVersion.objects.select_related("plan", "plan__organisation", "author", "publisher")
    if not actor.may(VIEW):
        return rows.none()
    drafts = Q()
    for permission in (WRITE_PLAN, PUBLISH_PLAN):
        scope = row_scope(actor, permission)
        if scope.everything:
            return rows
        drafts |= Q(plan__organisation_id__in=scope.organisation_ids)
    return rows.filter(~Q(state=PlanVersion.State.DRAFT) | drafts)


def version_of(actor: Actor, version_id: int) -> PlanVersion:
    """Return one version.

    Raises: NotFound.
    """
    row = seen_versions(actor).filter(id=version_id).first()
    if row is None:
        raise NotFound(zh("没有这个预案版本"))
    return row


def versions(actor: Actor, *, query: Query) -> Page[PlanVersion]:
    """Return a page of versions, the newest change first."""
    rows = seen_versions(actor)
    if query.filters.get("state"):
        rows = rows.filter(state=query.filters["state"])
    if query.filters.get("kind"):
        rows = rows.filter(plan__kind=query.filters["kind"])
    if query.search:
        rows = rows.filter(Q(plan__name__contains=query.search) | Q(purpose__contains=query.search))
    return paged(rows, query, at="changed_at")


def fitting_versions(incident: Incident) -> list[PlanVersion]:
    """Return the published versions of plans for an incident's kind, the most particular first."""
    rows = PlanVersion.objects.filter(state=PlanVersion.State.PUBLISHED).select_related("plan")
    found = [row for row in rows if incident.kind_id.startswith(row.plan.kind_prefix)]
    return sorted(found, key=lambda row: (-len(row.plan.kind_prefix), row.plan.name))


def levels_of(version: PlanVersion) -> list[PlanLevel]:
    """Return a version's response levels, the highest first."""
    return list(PlanLevel.objects.filter(version=version).order_by("level"))


def groups_of(version: PlanVersion) -> list[PlanGroup]:
    """Return a version's working groups."""
    return list(PlanGroup.objects.filter(version=version).select_related("organisation").order_by("id"))


def steps_of(version: PlanVersion) -> list[PlanStep]:
    """Return a version's steps in order."""
    return list(PlanStep.objects.filter(version=version).select_related("group").order_by("serial"))


def needs_of(version: PlanVersion) -> list[PlanResource]:
    """Return what a version counts on."""
    return list(PlanResource.objects.filter(version=version).order_by("kind", "name"))


def as_draft(version: PlanVersion) -> PlanDraft:
    """Return a version as the structure from which it could be written again."""
    plan = version.plan
    return PlanDraft(
        code=plan.code,
        name=plan.name,
        kind=plan.kind,
        kind_prefix=plan.kind_prefix,
        purpose=version.purpose,
        review_by=version.review_by,
        levels=tuple(LevelDraft(row.level, row.conditions, row.measures) for row in levels_of(version)),
        groups=tuple(GroupDraft(row.code, row.name, row.organisation_id, row.duties) for row in groups_of(version)),
        steps=tuple(
            StepDraft(row.group.code, row.title, row.limit_minutes, row.weakest_level, row.detail)
            for row in steps_of(version)
        ),
        needs=tuple(NeedDraft(row.kind, row.name, row.amount, row.unit) for row in needs_of(version)),
    )
