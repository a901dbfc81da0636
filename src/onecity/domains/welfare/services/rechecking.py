"""The regular re-check of everybody who receives aid: one job, in batches; departments are asked for whole batches.

A batch is one transaction: its results, the place where it ended and the counts stand together, so that a killed or
cancelled job goes on without a gap or a double.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F

from onecity.domains.welfare.contracts import Ask, Asker
from onecity.domains.welfare.models import Application, Benefit, DepartmentSource, Member, Recheck, RecheckResult
from onecity.domains.welfare.permissions import RECHECK
from onecity.domains.welfare.rules.codes import Aid
from onecity.domains.welfare.rules.consents import Consent, covering, signers
from onecity.domains.welfare.rules.findings import Weight
from onecity.domains.welfare.rules.judging import Verdict, judge
from onecity.domains.welfare.rules.policies import Policy, policy_at
from onecity.domains.welfare.rules.readings import READINGS, Row, Subject, gather
from onecity.domains.welfare.selectors.applications import consents, household, members_of
from onecity.domains.welfare.selectors.policies import active_sources, published
from onecity.domains.welfare.services.household_rows import IDENTIFIER
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import open_text, record
from onecity.platform.jobs import api as jobs
from onecity.platform.jobs.declare import Progress

JOB: Final = "welfare.recheck"
BATCH: Final = 1000
MOST_QUESTIONS: Final = 5000
Outcome = RecheckResult.Outcome


class RecheckRunning(Conflict):
    """One re-check at a time."""

    code = "welfare.recheck_running"
    message = zh("已有定期复核在进行或暂停中")


@dataclass(slots=True)
class Batch:
    """Households of one batch with what was told of them. told: application → (source, subject, rows)."""

    rows: Sequence[Application]
    members: Mapping[int, Sequence[Member]]
    numbers: dict[int, str] = field(default_factory=dict)
    signed: dict[int, tuple[Consent, ...]] = field(default_factory=dict)
    told: dict[int, list[tuple[str, Subject, Sequence[Row]]]] = field(default_factory=lambda: defaultdict(list))
    asked: int = 0


def start_recheck(actor: Actor, *, name: str, as_of: date, now: datetime) -> Recheck:
    """Begin a re-check of all households that receive aid. now: real time. Raises: NotPermitted; RecheckRunning."""
    if not actor.may(RECHECK):
        raise NotPermitted
    total = Benefit.objects.filter(ended_on__isnull=True).count()
    try:
        with transaction.atomic():
            if Recheck.objects.exclude(state=Recheck.State.DONE).exists():
                raise RecheckRunning
            row = Recheck.objects.create(
                name=name.strip()[:60] or zh("定期复核"),
                as_of=as_of,
                total=total,
                created_by=actor.key,
                created_at=now,
            )
            row.run_id = jobs.start(actor, code=JOB, title=row.name, arguments=_arguments(actor, row), now=now)
            row.save(update_fields=["run_id"])
            record(actor, action="welfare.start_recheck", target=f"welfare.recheck:{row.id}")
    except IntegrityError:
        raise RecheckRunning from None
    return row


def resume_recheck(actor: Actor, *, recheck_id: int, now: datetime) -> None:
    """Go on with a paused re-check where it stopped. Raises: NotPermitted; NotFound where none is paused."""
    if not actor.may(RECHECK):
        raise NotPermitted
    with transaction.atomic():
        row = Recheck.objects.select_for_update().filter(id=recheck_id, state=Recheck.State.PAUSED).first()
        if row is None:
            raise NotFound(zh("没有暂停中的定期复核"))
        row.state = Recheck.State.RUNNING
        row.run_id = jobs.start(actor, code=JOB, title=row.name, arguments=_arguments(actor, row), now=now)
        row.save(update_fields=["state", "run_id"])
        record(actor, action="welfare.resume_recheck", target=f"welfare.recheck:{row.id}")


def recheck(
    actor: Actor, *, recheck_id: int, asker: Asker, progress: Progress, now: datetime, batch: int = BATCH
) -> Recheck:
    """Work through the households that are left. now: city time. batch: households at a time.

    Raises: NotFound; Cancelled; what a department's refusal raises: nothing of the batch is kept then.
    """
    row = Recheck.objects.filter(id=recheck_id).first()
    if row is None:
        raise NotFound(zh("没有这次定期复核"))
    sources = [item for item in active_sources() if item.code in READINGS]
    policies = published()
    try:
        while rows := _next(row, batch):
            progress.step(row.checked, total=row.total)
            _work(actor, row, rows, sources=sources, policies=policies, asker=asker, now=now)
        row.state, row.finished_at = Recheck.State.DONE, now
    finally:
        if row.state != Recheck.State.DONE:
            row.state = Recheck.State.PAUSED
        row.save(update_fields=["state", "finished_at"])
    progress.step(row.checked, total=row.total)
    return row


def _arguments(actor: Actor, row: Recheck) -> dict[str, object]:
    return {"recheck": row.id, "account": actor.id if actor.kind == "account" else None}


def _next(row: Recheck, size: int) -> list[Application]:
    due = Application.objects.filter(id__gt=row.after, benefit__ended_on__isnull=True, benefit__isnull=False)
    return list(due.order_by("id")[:size])


def _work(
    actor: Actor,
    row: Recheck,
    rows: Sequence[Application],
    *,
    sources: Sequence[DepartmentSource],
    policies: Sequence[Policy],
    asker: Asker,
    now: datetime,
) -> None:
    """Ask about a batch, judge it, and keep its results with the place where it ended."""
    batch = Batch(rows, members_of(item.id for item in rows))
    for members in batch.members.values():
        for item in members:
            batch.numbers[item.id] = open_text(bytes(item.identifier_sealed), context=IDENTIFIER)
    batch.signed = {key: consents(members) for key, members in batch.members.items()}
    reason = f"{row.name} {row.as_of.isoformat()}"
    for source in sources:
        _ask(actor, batch, source, asker=asker, reason=reason, on=row.as_of, now=now)
    results = [_result(row, item, batch, policies=policies) for item in rows]
    with transaction.atomic():
        RecheckResult.objects.bulk_create(results)
        ids = [item.application_id for item in results if item.outcome != Outcome.UNASKED]
        Benefit.objects.filter(application_id__in=ids).update(checked_on=row.as_of)
        _count(row, results, asked=batch.asked)
        record(
            actor,
            action="welfare.recheck_batch",
            target=f"welfare.recheck:{row.id}",
            details={"households": len(rows), "queries": batch.asked, "after": row.after},
        )


def _ask(
    actor: Actor,
    batch: Batch,
    source: DepartmentSource,
    *,
    asker: Asker,
    reason: str,
    on: date,
    now: datetime,
) -> None:
    covered = [(row.id, item, consent) for row in batch.rows for item, consent in _covered(batch, row, source, on=on)]
    left = iter(covered)
    while part := list(islice(left, MOST_QUESTIONS)):
        questions = [Ask(batch.numbers[item.id], consent.code) for _, item, consent in part]
        told = asker(actor, grant_code=source.grant_code, questions=questions, reason=reason, now=now)
        batch.asked += len(questions)
        for application_id, item, _ in part:
            number = batch.numbers[item.id]
            if number in told:
                batch.told[application_id].append((source.code, Subject(str(item.id), number), told[number].rows))


def _covered(batch: Batch, row: Application, source: DepartmentSource, *, on: date) -> list[tuple[Member, Consent]]:
    members = batch.members.get(row.id, ())
    signs = signers(household(row, members).members, on=on)
    pairs = (
        (item, covering(batch.signed[row.id], member=signs[str(item.id)], department=source.asked, on=on))
        for item in members
    )
    return [(item, consent) for item, consent in pairs if consent is not None]


def _result(row: Recheck, item: Application, batch: Batch, *, policies: Sequence[Policy]) -> RecheckResult:
    members = batch.members.get(item.id, ())
    numbers = [batch.numbers[one.id] for one in members]
    verdict = judge(
        household(item, members),
        gather(batch.told.get(item.id, ()), identifiers=numbers),
        aid=Aid(item.aid),
        policy=policy_at(policies, division_code=item.division_code, on=row.as_of),
        on=row.as_of,
    )
    outcome = outcome_of(verdict, asked=bool(batch.told.get(item.id)))
    return RecheckResult(
        recheck=row,
        application=item,
        organisation_id=item.organisation_id,
        division_code=item.division_code,
        outcome=outcome,
        per_head=verdict.means.per_head,
        codes=sorted({one.code for one in verdict.findings if one.weight is not Weight.AGREES}),
        failed_steps=[step.code for step in verdict.steps if step.passed is False],
    )


def outcome_of(verdict: Verdict, *, asked: bool) -> RecheckResult.Outcome:
    """Say what follows from a re-check: nobody loses aid by a machine, a lapsed one is only proposed to the county."""
    if not asked:
        return Outcome.UNASKED
    if verdict.open_questions:
        return Outcome.DOUBTFUL
    return Outcome.KEPT if verdict.eligible else Outcome.LAPSED


def _count(row: Recheck, results: Sequence[RecheckResult], *, asked: int) -> None:
    counts = {code: sum(1 for item in results if item.outcome == code) for code in Outcome}
    row.after, row.checked = results[-1].application_id, row.checked + len(results)
    Recheck.objects.filter(id=row.id).update(
        after=row.after,
        checked=row.checked,
        queries=F("queries") + asked,
        **{code.value: F(code.value) + count for code, count in counts.items()},
    )
