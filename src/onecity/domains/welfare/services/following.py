"""What follows from cases: publications, decisions, and the way back from a contradiction's case."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from onecity.domains.welfare.models import Application, Benefit, Publication, Verification
from onecity.domains.welfare.process import ASSISTANCE, QUESTION
from onecity.domains.welfare.rules.household import adults
from onecity.domains.welfare.selectors.applications import consents, household, members_of
from onecity.domains.welfare.selectors.policies import policy_in_force
from onecity.domains.welfare.services.household_rows import NAME
from onecity.domains.welfare.services.numbering import new_number
from onecity.kernel import bus
from onecity.kernel.actor import system_actor
from onecity.kernel.clock import city_date
from onecity.kernel.masking import masked_name
from onecity.platform.cases.api import case, complete_task
from onecity.platform.cases.contracts import TaskAnswer
from onecity.platform.cases.declare import Effect, Facts
from onecity.platform.identity.api import open_text, record

_OFFICE = system_actor("welfare.following")


def all_authorised(facts: Facts, _: object) -> bool:
    """Say whether every adult of the case's household has signed an authorisation that is in force."""
    row = Application.objects.filter(case_id=facts.case_id).first()
    return row is not None and not missing_signatures(row, now=facts.now)


def missing_signatures(row: Application, *, now: datetime) -> tuple[str, ...]:
    """Return the ids of adults, supporters among them, without an authorisation in force. now: city time."""
    members = members_of([row.id]).get(row.id, [])
    signed = consents(members)
    day = city_date(now)
    grown = adults(household(row, members).members, on=day)
    return tuple(
        item.key
        for item in grown
        if not any(
            one.member == item.key and any(one.covers(part, on=day) for part in one.departments) for one in signed
        )
    )


def open_questions(facts: Facts, _: object) -> int:
    """Return how many contradictions the last verification of the case's household found."""
    row = Verification.objects.filter(application__case_id=facts.case_id).order_by("-id").first()
    return row.contradictions if row else 0


def published_long_enough(facts: Facts, _: object) -> bool:
    """Say whether the street's publication has stood for its days."""
    row = Publication.objects.filter(application__case_id=facts.case_id, stage=Publication.Stage.STREET).first()
    return row is not None and city_date(facts.now) > row.ends_on


def grant(facts: Facts, _: Mapping[str, str]) -> Effect:
    """Grant the aid: certificate, county's publication; in the transaction of the decision."""
    row = Application.objects.select_for_update().get(case_id=facts.case_id)
    day = city_date(facts.now)
    row.state, row.decided_at = Application.State.GRANTED, facts.now
    row.save(update_fields=["state", "decided_at"])
    Benefit.objects.get_or_create(
        application=row,
        defaults={
            "aid": row.aid,
            "certificate": new_number("JZ", on=day),
            "granted_on": day,
            "checked_on": day,
        },
    )
    publish(row, stage=Publication.Stage.COUNTY, now=facts.now)
    record(_OFFICE, action="welfare.grant", target=f"welfare.application:{row.id}")
    return Effect()


def decline(facts: Facts, _: Mapping[str, str]) -> Effect:
    """Note that the application was refused or dropped; its publication goes."""
    row = Application.objects.select_for_update().get(case_id=facts.case_id)
    row.state, row.decided_at = Application.State.REFUSED, facts.now
    row.save(update_fields=["state", "decided_at"])
    row.publications.filter(withdrawn_at__isnull=True).update(withdrawn_at=facts.now)
    record(_OFFICE, action="welfare.decline", target=f"welfare.application:{row.id}")
    return Effect()


def publish(row: Application, *, stage: Publication.Stage, now: datetime) -> None:
    """Publish names, members and kind of aid for the city's days; a stage that was published starts anew. now: city."""
    today = city_date(now)
    limits = policy_in_force(division_code=row.division_code, on=today)
    days = limits.street_days if stage is Publication.Stage.STREET else limits.county_days
    members = list(row.members.all())
    first = next(item for item in members if item.position == 1)
    Publication.objects.update_or_create(
        application=row,
        stage=stage,
        defaults={
            "name": masked_name(open_text(bytes(first.name_sealed), context=NAME)),
            "members": sum(1 for item in members if not item.supports),
            "aid": row.aid,
            "organisation_id": row.organisation_id,
            "division_code": row.division_code,
            "starts_on": today,
            "ends_on": today + timedelta(days=days - 1),
            "withdrawn_at": None,
        },
    )


def note_task(payload: bus.Payload, *, now: datetime) -> None:
    """Publish when the case comes to its publication for the first time; a repeated wait keeps the days."""
    if payload["type_code"] != ASSISTANCE or payload["node"] != "publish":
        return
    with transaction.atomic():
        row = Application.objects.select_for_update().filter(case_id=int(str(payload["case_id"]))).first()
        if row is None:
            return
        standing = row.publications.filter(stage=Publication.Stage.STREET).first()
        checked = row.verifications.order_by("-id").values_list("finished_at", flat=True).first()
        if standing is None or (checked is not None and standing.starts_on < city_date(checked)):
            publish(row, stage=Publication.Stage.STREET, now=now)


def note_closed(payload: bus.Payload, *, now: datetime) -> None:
    """Let the application go on when the case of its contradictions is closed: checked anew, or as it was found."""
    if payload["type_code"] != QUESTION:
        return
    row = (
        Verification.objects.filter(question_case_id=int(str(payload["case_id"]))).select_related("application").first()
    )
    if row is None or row.application.case is None:
        return
    with transaction.atomic():
        found = case(_OFFICE, row.application.case.number, now=now)
        task = next((item for item in found.tasks if item.state == "open" and item.node == "clarify"), None)
        if task is not None:
            outcome = "recheck" if _rechecked(row, now=now) else "settled"
            complete_task(_OFFICE, task_id=task.id, answer=TaskAnswer(outcome), now=now)


def _rechecked(row: Verification, *, now: datetime) -> bool:
    assert row.question_case is not None
    closed = case(_OFFICE, row.question_case.number, now=now)
    last = next((item for item in reversed(closed.tasks) if item.node == "recheck" and item.outcome), None)
    return last is not None and last.outcome == "recheck"
