"""Reading rules, their editions, firings and trials."""

from dataclasses import dataclass

from django.db.models import Count as CountOf
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.linkage import (
    FiringInfo,
    LinkageEditionInfo,
    LinkageInfo,
    LinkageText,
    OutcomeInfo,
    TrialInfo,
    action_of,
)
from onecity.platform.iot.models import LinkageEdition, LinkageFiring, LinkageOutcome, LinkageRule, LinkageTrial
from onecity.platform.iot.permissions import VIEW_LINKAGE
from onecity.web.keyset import counted, counted_page, page_of
from onecity.web.paging import Cursor, Page

STATES = LinkageEdition.State


@dataclass(frozen=True, slots=True)
class LinkageQuery:
    """What a list of rules is asked for. state: on, off or draft (nothing published yet); "" for all."""

    search: str = ""
    state: str = ""
    type_code: str = ""
    after: Cursor | None = None
    size: int = 20


@dataclass(frozen=True, slots=True)
class FiringQuery:
    """What a rule's history is asked for. state: standing, over or failed; "" for all. search: of devices."""

    rule_id: int
    search: str = ""
    state: str = ""
    after: Cursor | None = None
    size: int = 20


def linkage_rules(actor: Actor, query: LinkageQuery) -> Page[LinkageInfo]:
    """Return the rules that the actor may see, newest first."""
    rows = LinkageRule.objects.filter(identity.row_scope(actor, VIEW_LINKAGE).q())
    if query.search:
        rows = rows.filter(name__icontains=query.search)
    published = LinkageEdition.objects.filter(state=STATES.PUBLISHED)
    if query.state in {"on", "off"}:
        rows = rows.filter(enabled=query.state == "on", id__in=published.values("rule_id"))
    elif query.state == "draft":
        rows = rows.exclude(id__in=published.values("rule_id"))
    if query.type_code:
        of_type = LinkageEdition.objects.filter(type_code=query.type_code).exclude(state=STATES.SUPERSEDED)
        rows = rows.filter(id__in=of_type.values("rule_id"))
    count = None if query.after else counted(rows)
    return page_of(_with_facts(rows), after=query.after, size=query.size, count=count).shown(_info)


def linkage_rule(actor: Actor, rule_id: int, *, permission: str = VIEW_LINKAGE) -> LinkageInfo:
    """Return one rule.

    Raises: NotFound if there is none, or the actor may not see it with this permission.
    """
    rows = LinkageRule.objects.filter(identity.row_scope(actor, permission).q(), id=rule_id)
    row = _with_facts(rows).first()
    if row is None:
        raise NotFound
    return _info(row)


def editions_of(rule_id: int) -> list[LinkageEditionInfo]:
    """Return all editions of a rule, the newest first; the caller has asked for the rule before."""
    return [edition_info(row) for row in LinkageEdition.objects.filter(rule_id=rule_id).order_by("-edition")]


def edition_of(rule_id: int, number: int) -> LinkageEditionInfo:
    """Return one edition of a rule.

    Raises: NotFound.
    """
    row = LinkageEdition.objects.filter(rule_id=rule_id, edition=number).first()
    if row is None:
        raise NotFound
    return edition_info(row)


def firings(query: FiringQuery) -> Page[FiringInfo]:
    """Return how often a rule fired, newest first; the caller has asked for the rule before."""
    rows = LinkageFiring.objects.filter(rule_id=query.rule_id).select_related("device", "edition")
    if query.search:
        rows = rows.filter(Q(device__name__icontains=query.search) | Q(device__key__icontains=query.search))
    if query.state == "failed":
        rows = rows.filter(failures__gt=0)
    elif query.state:
        rows = rows.filter(ended_at__isnull=query.state == "standing")
    page = counted_page(rows, after=query.after, size=query.size)
    outcomes = _outcomes([row.id for row in page.rows])
    return page.shown(lambda row: _firing_info(row, outcomes.get(row.id, ())))


def firing(rule_id: int, firing_id: int) -> FiringInfo:
    """Return one firing of a rule with what became of its actions.

    Raises: NotFound.
    """
    rows = LinkageFiring.objects.filter(rule_id=rule_id, id=firing_id).select_related("device", "edition")
    row = rows.first()
    if row is None:
        raise NotFound
    return _firing_info(row, _outcomes([row.id]).get(row.id, ()))


def trials_of(rule_id: int, *, most: int = 5) -> list[TrialInfo]:
    """Return a rule's newest trials."""
    rows = LinkageTrial.objects.filter(edition__rule_id=rule_id).order_by("-id")[:most]
    return [trial_info(row) for row in rows]


def trial(rule_id: int, trial_id: int) -> TrialInfo:
    """Return one trial of a rule.

    Raises: NotFound.
    """
    row = LinkageTrial.objects.filter(edition__rule_id=rule_id, id=trial_id).first()
    if row is None:
        raise NotFound
    return trial_info(row)


def edition_text(row: LinkageEdition) -> LinkageText:
    """Return what an edition says."""
    return LinkageText(
        condition=row.condition,
        mode=row.mode,
        type_code=row.type_code,
        group_id=row.group_id or 0,
        device_ids=tuple(row.device_ids),
        ending=row.ending,
        parts=row.parts,
        hold_s=row.hold_s,
        end_hold_s=row.end_hold_s,
        step_s=row.step_s,
        late_s=row.late_s,
        actions=tuple(action_of(item) for item in row.actions),
        note=row.note,
    )


def edition_info(row: LinkageEdition) -> LinkageEditionInfo:
    """Return an edition's row as others see it."""
    return LinkageEditionInfo(
        id=row.id,
        rule_id=row.rule_id,
        edition=row.edition,
        state=row.state,
        text=edition_text(row),
        author=row.author,
        created_at=row.created_at,
        published_at=row.published_at,
        publisher=row.publisher,
    )


def trial_info(row: LinkageTrial) -> TrialInfo:
    """Return a trial's row as others see it."""
    return TrialInfo(
        row.id, row.edition_id, row.since_at, row.until_at, row.state, row.run_id, row.result, row.created_at
    )


def _with_facts(rows: QuerySet[LinkageRule]) -> QuerySet[LinkageRule]:
    def number(state: str) -> Subquery:
        own = LinkageEdition.objects.filter(rule_id=OuterRef("pk"), state=state)
        return Subquery(own.values("edition")[:1])

    fired = LinkageFiring.objects.filter(rule_id=OuterRef("pk")).order_by().values("rule_id")
    standing = fired.filter(ended_at__isnull=True).annotate(number=CountOf("id")).values("number")
    return rows.annotate(
        published=number(STATES.PUBLISHED),
        draft=number(STATES.DRAFT),
        standing=Subquery(standing),
        last_fired_at=Subquery(fired.annotate(last=Max("fired_at")).values("last")),
    )


def _info(row: LinkageRule) -> LinkageInfo:
    facts = vars(row)
    return LinkageInfo(
        id=row.id,
        name=row.name,
        organisation_id=row.organisation_id,
        division_code=row.division_code,
        enabled=row.enabled,
        priority=row.priority,
        published=facts["published"] or 0,
        draft=facts["draft"] or 0,
        judged_until=row.judged_until,
        skipped_at=row.skipped_at,
        standing=facts["standing"] or 0,
        last_fired_at=facts["last_fired_at"],
        author=row.author,
        created_at=row.created_at,
    )


def _outcomes(firing_ids: list[int]) -> dict[int, tuple[OutcomeInfo, ...]]:
    found: dict[int, tuple[OutcomeInfo, ...]] = {}
    for row in LinkageOutcome.objects.filter(firing_id__in=firing_ids).order_by("firing_id", "place"):
        info = OutcomeInfo(
            row.id, row.place, action_of(row.content), row.state, row.attempts, row.text, row.result, row.at
        )
        found[row.firing_id] = (*found.get(row.firing_id, ()), info)
    return found


def _firing_info(row: LinkageFiring, outcomes: tuple[OutcomeInfo, ...]) -> FiringInfo:
    return FiringInfo(
        id=row.id,
        rule_id=row.rule_id,
        edition=row.edition.edition,
        subject=row.subject,
        device_id=row.device_id,
        device_key=row.device.key,
        device_name=row.device.name,
        begun_at=row.begun_at,
        fired_at=row.fired_at,
        ended_at=row.ended_at,
        values=row.values,
        failures=row.failures,
        created_at=row.created_at,
        outcomes=outcomes,
    )
