"""Verification: departments are asked only for what consents cover; what came is kept sealed, with its receipts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.welfare.contracts import Ask, Asker, Told
from onecity.domains.welfare.models import (
    Application,
    AskedSubject,
    DepartmentQuery,
    DepartmentSource,
    Member,
    Verification,
)
from onecity.domains.welfare.permissions import VERIFY
from onecity.domains.welfare.rules.codes import AID_NAMES, Aid
from onecity.domains.welfare.rules.consents import covering, signers
from onecity.domains.welfare.rules.readings import READINGS
from onecity.domains.welfare.selectors.applications import consents, household, members_of
from onecity.domains.welfare.selectors.policies import active_sources, policy_in_force
from onecity.domains.welfare.services.household_rows import IDENTIFIER
from onecity.domains.welfare.services.numbering import new_number
from onecity.domains.welfare.services.sealing import FACTS, sealed
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, NotFound, NotPermitted, OneCityError
from onecity.kernel.text import zh
from onecity.platform.identity.api import open_text, record, row_scope
from onecity.platform.jobs.declare import Progress

NOTE: Final = zh("没有该部门的有效授权")


class AlreadyVerifying(Conflict):
    """One verification at a time: the application has one that is not over."""

    code = "welfare.already_verifying"
    message = zh("该申请正在核对，请等待结果")


@dataclass(frozen=True, slots=True)
class _Person:
    member: Member
    identifier: str
    authorisation: str


def request_verification(actor: Actor, *, application_id: int, purpose: str, now: datetime) -> Verification:
    """Make a verification and the list of what will be asked. now: city time.

    Raises: NotFound; NotPermitted; AlreadyVerifying; NoPolicy.
    """
    with transaction.atomic():
        row = Application.objects.select_for_update().filter(id=application_id).first()
        if row is None:
            raise NotFound(zh("没有这个申请"))
        if not actor.may(VERIFY) or not Application.objects.filter(row_scope(actor, VERIFY).q(), id=row.id).exists():
            raise NotPermitted
        if row.verifications.filter(state__in=["waiting", "asking"]).exists():
            raise AlreadyVerifying
        policy = policy_in_force(division_code=row.division_code, on=city_date(now))
        made = Verification.objects.create(
            number=new_number("HD", on=city_date(now)),
            application=row,
            purpose=purpose,
            organisation_id=row.organisation_id,
            division_code=row.division_code,
            policy_number=policy.number,
            requested_by=actor.key,
            requested_at=now,
        )
        DepartmentQuery.objects.bulk_create(
            DepartmentQuery(verification=made, source_code=item.code, department=item.department, name=item.name)
            for item in active_sources()
            if item.code in READINGS
        )
        record(actor, action="welfare.request_verification", target=f"welfare.verification:{made.id}")
    return made


def ask_departments(
    actor: Actor, *, verification_id: int, asker: Asker, progress: Progress, now: datetime
) -> Verification:
    """Ask every department that consents cover, one after the other; answered ones are not asked again.

    A department that does not answer is noted and left for another try. now: city time. Raises: NotFound; Cancelled.
    """
    row = Verification.objects.select_related("application").filter(id=verification_id).first()
    if row is None:
        raise NotFound(zh("没有这次核对"))
    if row.state == Verification.State.REPORTED:
        return row
    row.state, row.started_at = Verification.State.ASKING, row.started_at or now
    row.save(update_fields=["state", "started_at"])
    sources = {item.code: item for item in active_sources()}
    waiting = [item for item in row.queries.order_by("id") if item.state in {"waiting", "failed"}]
    for place, query in enumerate(waiting):
        progress.step(place, total=len(waiting), note=query.name)
        _ask_one(actor, row, query, sources.get(query.source_code), asker=asker, now=now)
    progress.step(len(waiting), total=len(waiting))
    failed = row.queries.filter(state=DepartmentQuery.State.FAILED).exists()
    row.state = Verification.State.FAILED if failed else Verification.State.ASKING
    row.save(update_fields=["state"])
    return row


def _ask_one(
    actor: Actor,
    row: Verification,
    query: DepartmentQuery,
    source: DepartmentSource | None,
    *,
    asker: Asker,
    now: datetime,
) -> None:
    """Ask one dataset and keep the answer; consents are read at this very moment, so a withdrawal counts at once."""
    people = _covered(row.application, source, now=now) if source else []
    query.asked_at = now
    if not people or source is None:
        query.state, query.note = DepartmentQuery.State.NOT_COVERED, NOTE
        query.save()
        return
    reason = purpose_text(row)
    try:
        told = asker(
            actor,
            grant_code=source.grant_code,
            questions=[Ask(item.identifier, item.authorisation) for item in people],
            reason=reason,
            now=now,
        )
    except OneCityError as refusal:
        query.state, query.note = DepartmentQuery.State.FAILED, refusal.sentence()[:200]
        query.save()
        return
    with transaction.atomic():
        _keep(actor, query, people, told, reason=reason, now=now)


def purpose_text(row: Verification) -> str:
    """Return the purpose that stands in every receipt."""
    purpose = Verification.Purpose(row.purpose).label
    return f"{AID_NAMES[Aid(row.application.aid)]}{purpose} {row.number}"


def _covered(row: Application, source: DepartmentSource, *, now: datetime) -> list[_Person]:
    members = members_of([row.id]).get(row.id, [])
    signed = consents(members)
    today = city_date(now)
    signs = signers(household(row, members).members, on=today)
    people: list[_Person] = []
    for item in members:
        consent = covering(signed, member=signs[str(item.id)], department=source.asked, on=today)
        if consent is not None:
            identifier = open_text(bytes(item.identifier_sealed), context=IDENTIFIER)
            people.append(_Person(item, identifier, consent.code))
    return people


def _keep(
    actor: Actor,
    query: DepartmentQuery,
    people: Sequence[_Person],
    told: Mapping[str, Told],
    *,
    reason: str,
    now: datetime,
) -> None:
    answers = {str(item.member.id): list(told[item.identifier].rows) for item in people if item.identifier in told}
    AskedSubject.objects.bulk_create(
        AskedSubject(
            query=query,
            member=item.member,
            authorisation_code=item.authorisation,
            receipt=told[item.identifier].receipt if item.identifier in told else "",
            operator=actor.key,
            purpose=reason[:120],
            at=now,
        )
        for item in people
    )
    query.state, query.note, query.answered_at = DepartmentQuery.State.ANSWERED, "", now
    query.subjects, query.rows = len(people), sum(len(rows) for rows in answers.values())
    query.facts_sealed = sealed(answers, context=FACTS)
    query.save()
    record(
        actor,
        action="welfare.ask_department",
        target=f"welfare.verification:{query.verification_id}",
        details={"source": query.source_code, "subjects": query.subjects, "reason": reason},
    )
