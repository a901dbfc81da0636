"""Asking about one person or enterprise, or many at once, under a grant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid, OneCityError
from onecity.kernel.identifiers.fault import InvalidIdentifier
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.blocks import Comparison
from onecity.platform.exchange.contracts.sharing import Question, Row, SubjectAnswer, Value
from onecity.platform.exchange.models import SharingGrant
from onecity.platform.exchange.models.sharing.requests import SharingForm
from onecity.platform.exchange.permissions import QUERY_SHARED
from onecity.platform.exchange.rules.sharing.chain import checksum
from onecity.platform.exchange.rules.sharing.identifiers import shown_subject, subject_of
from onecity.platform.exchange.rules.sharing.masks import masked_row
from onecity.platform.exchange.selectors.sharing.datasets import Supply
from onecity.platform.exchange.selectors.sharing.grants import consumed_grant
from onecity.platform.exchange.selectors.sharing.limits import (
    GrantNotInForce,
    NotSupplied,
    check_in_force,
    grant_supply,
    source_conditions,
)
from onecity.platform.exchange.selectors.sharing.parameters import night_of, parameters
from onecity.platform.exchange.services.sharing.metering import DailyLimitReached, TooFast, take
from onecity.platform.exchange.services.sharing.receipts import Use, Used, count_uses, write_receipts
from onecity.platform.exchange.services.sharing.sources import Wanted, source_of
from onecity.platform.identity.api import record, search_hash

MOST_AT_ONCE: Final = 5_000
ASKED_AT_ONCE: Final = 500
SHORTEST_REASON: Final = 4


class ReasonTooShort(Invalid):
    """Nobody's data are given without a reason."""

    code = "exchange.reason_too_short"
    message = zh("请写明查询事由（至少 {count} 个字）")


class BadIdentifier(Invalid):
    """An identifier is not one."""

    code = "exchange.bad_identifier"
    message = zh("第 {number} 个查询对象的标识不正确：{why}")


class NoConsent(Invalid):
    """The grant holds only with the consent of the person concerned, and none was named."""

    code = "exchange.no_consent"
    message = zh("该授权以当事人书面授权为前提，请填写授权书编号")


class TooManyQuestions(Invalid):
    """More subjects than one call takes."""

    code = "exchange.too_many_questions"
    message = zh("一次至多查询 {most} 个对象")


class NotForQueries(Conflict):
    """The grant is one for lasting deliveries."""

    code = "exchange.not_for_queries"
    message = zh("授权 {code} 的共享方式不是接口查询")


@dataclass(frozen=True, slots=True)
class _Call:
    """One call, checked. consents: identifier in standard form → consent."""

    actor: Actor
    grant: SharingGrant
    supply: Supply
    consents: Mapping[str, str]
    reason: str
    operator: str
    now: datetime


def query_subject(
    actor: Actor, *, grant_code: str, identifier: str, reason: str, now: datetime, consent: str = "", operator: str = ""
) -> SubjectAnswer | None:
    """Return what a grant gives of one subject, or None if the source knows nobody by that identifier.

    operator: the person at whose desk the question arose, where a program asks. now: city time.
    Raises: as `query_subjects`.
    """
    answers = query_subjects(
        actor,
        grant_code=grant_code,
        questions=[Question(identifier, consent)],
        reason=reason,
        now=now,
        operator=operator,
    )
    (answer,) = answers.values()
    return answer if answer.rows else None


def query_subjects(
    actor: Actor, *, grant_code: str, questions: Sequence[Question], reason: str, now: datetime, operator: str = ""
) -> dict[str, SubjectAnswer]:
    """Return what a grant gives of each subject, by identifier in its standard form; one receipt for each.

    Fields, rows and masks are the grant's. Receipts and audit are written before anything is given, after the grant has
    been looked at once more: one that was withdrawn meanwhile gives nothing. Who is refused leaves a receipt, too.
    Raises: NoSuchGrant; NotForQueries; GrantNotInForce; NotSupplied; ReasonTooShort; BadIdentifier; NoConsent;
    TooManyQuestions; DailyLimitReached; TooFast; and what the source raises (Unreachable, NotUnderstood).
    """
    grant = consumed_grant(actor, grant_code, permission=QUERY_SHARED)
    call = _checked(actor, grant, questions, reason=reason, operator=operator, now=now)
    values = parameters(today=city_date(now))
    try:
        check_in_force(grant, today=city_date(now))
        take(grant, count=len(call.consents), calls_per_minute=values["calls_per_minute"], now=now)
    except (GrantNotInForce, DailyLimitReached, TooFast):
        _leave(call, result="refused")
        raise
    try:
        found = _read(call)
    except OneCityError:
        _leave(call, result="failed")
        raise
    return _give(call, found)


def _checked(
    actor: Actor, grant: SharingGrant, questions: Sequence[Question], *, reason: str, operator: str, now: datetime
) -> _Call:
    if grant.form != SharingForm.QUERY:
        raise NotForQueries(params={"code": grant.code})
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonTooShort(params={"count": SHORTEST_REASON}, fields={"reason": zh("请写明查询事由")})
    if not 1 <= len(questions) <= MOST_AT_ONCE:
        raise TooManyQuestions(params={"most": MOST_AT_ONCE})
    supply = grant_supply(grant)
    if not supply.subject_column:
        raise NotSupplied(params={"name": grant.dataset_name})
    consents: dict[str, str] = {}
    for number, question in enumerate(questions, start=1):
        if grant.needs_consent and not question.consent.strip():
            raise NoConsent(fields={"consent": zh("请填写授权书编号")})
        consents[_identifier(question, supply, number)] = question.consent.strip()
    return _Call(actor, grant, supply, consents, reason, operator, now)


def _identifier(question: Question, supply: Supply, number: int) -> str:
    try:
        return subject_of(question.identifier, kind=supply.subject_kind)
    except InvalidIdentifier as error:
        raise BadIdentifier(
            params={"number": number, "why": error.sentence()}, fields={"identifier": error.sentence()}
        ) from None


def _read(call: _Call) -> dict[str, list[Row]]:
    """Return rows in the catalogue's names, masked, by identifier."""
    source = source_of(call.supply, dataset_code=call.grant.dataset_code, name=call.grant.dataset_name)
    names = {column: call.supply.source_column(column) for column in call.grant.fields}
    subject, limits = call.supply.subject_column, source_conditions(call.grant, supply=call.supply)
    found: dict[str, list[Row]] = {}
    identifiers = list(call.consents)
    for begin in range(0, len(identifiers), ASKED_AT_ONCE):
        batch = tuple(identifiers[begin : begin + ASKED_AT_ONCE])
        asked = Comparison(subject, "=" if len(batch) == 1 else "in", batch)
        wanted = Wanted(tuple(dict.fromkeys((*names.values(), subject))), (*limits, asked), key=call.supply.key)
        for row in source.all_of(wanted):
            if row[subject] in call.consents:  # a source that does not filter gives nobody else's rows away
                found.setdefault(str(row[subject]), []).append(_shown(row, names, call.grant.masks))
    return found


def _shown(row: Mapping[str, Value], names: Mapping[str, str], masks: Mapping[str, str]) -> Row:
    return masked_row({column: row[source] for column, source in names.items()}, masks=masks)


def _give(call: _Call, found: Mapping[str, list[Row]]) -> dict[str, SubjectAnswer]:
    """Write receipts and audit, then give. Raises: GrantNotInForce for a grant that was withdrawn meanwhile."""
    uses = {identifier: _used(call, identifier, found.get(identifier, [])) for identifier in call.consents}
    try:
        with transaction.atomic():
            locked = SharingGrant.objects.select_for_update(no_key=True).get(id=call.grant.id)
            check_in_force(locked, today=city_date(call.now))
            receipts = _write(call, uses=tuple(uses.values()), fields=tuple(call.grant.fields))
    except GrantNotInForce:
        _leave(call, result="refused")
        raise
    return {
        identifier: SubjectAnswer(tuple(found.get(identifier, [])), receipts[use.subject_hash], call.now)
        for identifier, use in uses.items()
    }


def _leave(call: _Call, *, result: str) -> None:
    """Leave receipts of a call that gave nothing, in a transaction of their own."""
    uses = tuple(_used(call, identifier, [], result=result) for identifier in call.consents)
    with transaction.atomic():
        _write(call, uses=uses, fields=())


def _used(call: _Call, identifier: str, rows: Sequence[Row], *, result: str = "") -> Used:
    return Used(
        result=result or ("given" if rows else "nothing"),
        rows=len(rows),
        checksum=checksum(rows),
        consent=call.consents[identifier],
        subject_hash=search_hash(identifier),
        subject_masked=shown_subject(identifier, kind=call.supply.subject_kind),
    )


def _write(call: _Call, *, uses: Sequence[Used], fields: Sequence[str]) -> dict[str, int]:
    use = Use(call.grant, "query", call.reason, call.now, fields, call.operator, uses=uses)
    receipts = write_receipts(call.actor, use=use)
    count_uses(use=use, night=night_of(parameters(today=city_date(call.now))))
    record(
        call.actor,
        action="exchange.query_subjects",
        target=f"exchange.sharinggrant:{call.grant.id}",
        outcome="done" if fields else "refused",
        details={"code": call.grant.code, "subjects": len(uses), "reason": call.reason.strip()[:200]},
    )
    return receipts
