"""The end of a verification: comparison, verdict, signed report; contradictions open a case of their own."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from onecity.domains.welfare.models import (
    DepartmentQuery,
    Member,
    Report,
    ReportFinding,
    Verification,
)
from onecity.domains.welfare.process import CHECKING, QUESTION
from onecity.domains.welfare.rules.codes import AID_NAMES, INCOME_NAMES, Aid
from onecity.domains.welfare.rules.findings import Finding, Weight
from onecity.domains.welfare.rules.household import Found
from onecity.domains.welfare.rules.judging import Verdict, judge
from onecity.domains.welfare.rules.policies import Policy
from onecity.domains.welfare.rules.readings import Subject, gather
from onecity.domains.welfare.selectors.applications import household, members_of
from onecity.domains.welfare.selectors.policies import checking_body, policy
from onecity.domains.welfare.services.household_rows import IDENTIFIER
from onecity.domains.welfare.services.numbering import new_code, new_number
from onecity.domains.welfare.services.sealing import FACTS, FINDING, REPORT, canonical, opened, sealed
from onecity.domains.welfare.services.signing import signed, signing_key
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.api import case, complete_task, open_case
from onecity.platform.cases.contracts import NewCase, TaskAnswer
from onecity.platform.identity.api import open_text, organisation, record, seal_personal


class NotAnswered(Conflict):
    """A report says something of every department that was to be asked; some have not answered."""

    code = "welfare.not_answered"
    message = zh("还有部门没有答复，不能出具核对报告")


def found_facts(queries: Iterable[DepartmentQuery], members: Sequence[Member]) -> Found:
    """Return what the departments told in a verification. Raises: Unreadable."""
    numbers = {str(item.id): open_text(bytes(item.identifier_sealed), context=IDENTIFIER) for item in members}
    answers: list[tuple[str, Subject, Sequence[Mapping[str, object]]]] = []
    for query in queries:
        told = opened(bytes(query.facts_sealed), context=FACTS)
        for key, rows in told.items() if isinstance(told, dict) else ():
            answers.append((query.source_code, Subject(key, numbers.get(key, "")), rows))
    return gather(answers, identifiers=numbers.values())


def conclude(actor: Actor, *, verification_id: int, now: datetime) -> Report:
    """Compare, judge, sign; open a case for contradictions; end the application's task. now: city time.

    A second call returns the same report. Raises: NotFound; NotAnswered; Unreadable.
    """
    with transaction.atomic():
        row = Verification.objects.select_for_update().filter(id=verification_id).first()
        if row is None:
            raise NotFound(zh("没有这次核对"))
        known = Report.objects.filter(verification=row).first()
        if known is not None:
            return known
        queries = list(row.queries.order_by("id"))
        if any(item.state in {"waiting", "failed"} for item in queries):
            raise NotAnswered
        members = members_of([row.application_id]).get(row.application_id, [])
        limits = policy(row.policy_number)
        submitted = row.application.submitted_at or row.requested_at
        verdict = judge(
            household(row.application, members),
            found_facts(queries, members),
            aid=Aid(row.application.aid),
            policy=limits,
            on=city_date(submitted),
        )
        _keep_findings(row, verdict, members)
        report = _sign(row, verdict, members, queries, limits=limits, now=now)
        _close(actor, row, verdict, now=now)
        record(
            actor,
            action="welfare.sign_report",
            target=f"welfare.verification:{row.id}",
            details={"report": report.number, "contradictions": row.contradictions},
        )
    return report


def _keep_findings(row: Verification, verdict: Verdict, members: Sequence[Member]) -> None:
    by_key = {str(item.id): item for item in members}
    ReportFinding.objects.bulk_create(
        ReportFinding(
            verification=row,
            member=by_key.get(item.member),
            code=item.code,
            weight=item.weight,
            position=place,
            body_sealed=sealed(_finding(item), context=FINDING),
        )
        for place, item in enumerate(verdict.findings)
    )


def _finding(item: Finding) -> dict[str, object]:
    return {
        "code": item.code,
        "weight": item.weight.value,
        "member": item.member,
        "template": item.template,
        "params": dict(item.params),
        "subject": item.subject,
        "declared": item.declared,
        "found": item.found,
        "sources": [source.value for source in item.sources],
    }


def _sign(
    row: Verification,
    verdict: Verdict,
    members: Sequence[Member],
    queries: Sequence[DepartmentQuery],
    *,
    limits: Policy,
    now: datetime,
) -> Report:
    valid_to = city_date(now + timedelta(days=limits.report_days))
    number = new_number("BG", on=city_date(now))
    body = {
        "number": number,
        "verification": row.number,
        "application": row.application.number,
        "aid": row.application.aid,
        "purpose": row.purpose,
        "issued_by": organisation(checking_body(row.division_code)).name,
        "issued_at": now.isoformat(timespec="seconds"),
        "valid_to": valid_to.isoformat(),
        "policy": {"number": limits.number, "line": str(limits.line), "from": limits.valid_from.isoformat()},
        "members": [_person(item) for item in members],
        "sources": [_source(item) for item in queries],
        "income": {kind.value: str(verdict.means.by_kind[kind]) for kind in INCOME_NAMES},
        "per_head": str(verdict.means.per_head),
        "steps": [
            {"code": item.code, "template": item.template, "params": dict(item.params), "passed": item.passed}
            for item in verdict.steps
        ],
        "findings": [_finding(item) for item in verdict.findings],
        "eligible": verdict.eligible,
    }
    text, key = canonical(body), signing_key(now=now)
    digest, signature = signed(text, key=key)
    return Report.objects.create(
        verification=row,
        number=number,
        body_sealed=seal_personal(text, context=REPORT, masked="").sealed,
        digest=digest,
        signature=signature,
        key=key,
        check_code=new_code(),
        eligible=verdict.eligible,
        signed_at=now,
        valid_to=valid_to,
    )


def _person(item: Member) -> dict[str, object]:
    return {
        "key": str(item.id),
        "name": item.name_masked,
        "identifier": item.identifier_masked,
        "relation": item.relation,
        "supports": item.supports,
    }


def _source(item: DepartmentQuery) -> dict[str, object]:
    return {
        "code": item.source_code,
        "department": item.department,
        "name": item.name,
        "state": item.state,
        "subjects": item.subjects,
        "rows": item.rows,
        "answered_at": item.answered_at.isoformat(timespec="seconds") if item.answered_at else "",
        "receipts": sorted(item.asked.values_list("receipt", flat=True)),
    }


def _close(actor: Actor, row: Verification, verdict: Verdict, *, now: datetime) -> None:
    weights = [item.weight for item in verdict.findings]
    row.contradictions, row.differences = weights.count(Weight.CONTRADICTION), weights.count(Weight.DIFFERENCE)
    if row.contradictions:
        row.question_case_id = _question(actor, row, now=now)
    row.state, row.finished_at = Verification.State.REPORTED, now
    row.save()
    end_verify_task(actor, row, now=now)


def _question(actor: Actor, row: Verification, *, now: datetime) -> int:
    opened_case = open_case(
        actor,
        new=NewCase(
            type_code=QUESTION,
            title=f"核对矛盾核实 {row.number}（{AID_NAMES[Aid(row.application.aid)]}）",
            organisation_id=row.organisation_id,
            source_code=CHECKING,
            division_code=row.division_code,
            origin=f"welfare.verification:{row.id}",
            handler_id=checking_body(row.division_code),
            data={"questions": row.contradictions},
        ),
        now=now,
    )
    return opened_case.id


def end_verify_task(actor: Actor, row: Verification, *, now: datetime) -> None:
    """End the waiting task of verification, where the application's case waits for it."""
    whole = row.application.case
    if whole is None:
        return
    found = case(actor, whole.number, now=now)
    task = next((item for item in found.tasks if item.state == "open" and item.node == "verify"), None)
    if task is not None:
        complete_task(actor, task_id=task.id, answer=TaskAnswer("reported"), now=now)
