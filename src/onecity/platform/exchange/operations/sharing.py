"""Grants for programs: ask about one subject or many, fetch blocks, look receipts up.

Identifiers travel in bodies of POST only, so that no log and no address holds them.
"""

from datetime import datetime
from typing import Final

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from onecity.kernel import clock
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.sharing import Question, SubjectAnswer, SubjectUse, Value
from onecity.platform.exchange.permissions import QUERY_SHARED, REQUEST_DATA, VIEW_USES
from onecity.platform.exchange.rules.sharing.identifiers import CITIZEN
from onecity.platform.exchange.selectors.sharing.uses import ReceiptShown, receipt_of
from onecity.platform.exchange.services.sharing.looking import look_at_uses
from onecity.platform.exchange.services.sharing.pulling import acknowledge, next_block
from onecity.platform.exchange.services.sharing.querying import MOST_AT_ONCE, query_subjects
from onecity.web.api import needs

router: Final = Router(tags=["exchange"])


class QueryIn(Schema):
    """One subject. operator: the person at whose desk the question arose; consent: number of the authorisation."""

    identifier: str = Field(min_length=1, max_length=40)
    reason: str = Field(max_length=200)
    operator: str = Field("", max_length=60)
    consent: str = Field("", max_length=80)


class QuestionIn(Schema):
    """One of many subjects."""

    identifier: str = Field(min_length=1, max_length=40)
    consent: str = Field("", max_length=80)


class QueriesIn(Schema):
    """Many subjects under one reason."""

    questions: list[QuestionIn] = Field(min_length=1, max_length=MOST_AT_ONCE)
    reason: str = Field(max_length=200)
    operator: str = Field("", max_length=60)


class AnswerOut(Schema):
    """What is known of a subject: granted fields, masked as granted; no rows: the source knows nobody so named."""

    rows: list[dict[str, Value]]
    receipt: int
    at: datetime


class AnswersOut(Schema):
    """Answers in the order of the questions, each subject once."""

    answers: list[AnswerOut]


class NextIn(Schema):
    """How many rows at most."""

    most: int = Field(5_000, ge=1, le=50_000)


class BlockOut(Schema):
    """A block; acknowledge it with its number and checksum once it has landed. last: nothing follows at present."""

    block: int
    rows: list[dict[str, Value]]
    checksum: str
    last: bool


class AcknowledgeIn(Schema):
    """Which block has landed, and what for."""

    block: int = Field(ge=1)
    checksum: str = Field(min_length=64, max_length=64)
    reason: str = Field("", max_length=200)


class ReceiptNumberOut(Schema):
    """The receipt that was left."""

    receipt: int


class ReceiptOut(Schema):
    """A receipt of use with its place in the chain; number and digest are empty until it is sealed."""

    id: int
    at: datetime
    grant: str
    dataset: str
    provider: str
    consumer: str
    kind: str
    actor: str
    operator: str
    reason: str
    consent: str
    subject: str
    fields: list[str]
    rows: int
    checksum: str
    result: str
    number: int | None
    digest: str


class SubjectIn(Schema):
    """Whose data, and why one wants to know."""

    identifier: str = Field(min_length=1, max_length=40)
    kind: str = CITIZEN
    reason: str = Field(max_length=200)


class UseOut(Schema):
    """One use of the subject's data."""

    receipt: int
    at: datetime
    kind: str
    dataset: str
    provider: str
    consumer: str
    reason: str
    consent: str
    fields: list[str]
    result: str


@router.post("/grants/{code}/query", response=AnswerOut, auth=needs(QUERY_SHARED), summary=zh("按授权查询一个对象"))
def query_one(request: HttpRequest, code: str, given: QueryIn) -> AnswerOut:
    """Ask about one person or enterprise under a grant."""
    answers = query_subjects(
        _asking(request),
        grant_code=code,
        questions=[Question(given.identifier, given.consent)],
        reason=given.reason,
        operator=given.operator,
        now=clock.city_now(),
    )
    (answer,) = answers.values()
    return _answer(answer)


@router.post("/grants/{code}/queries", response=AnswersOut, auth=needs(QUERY_SHARED), summary=zh("按授权查询多个对象"))
def query_many(request: HttpRequest, code: str, given: QueriesIn) -> AnswersOut:
    """Ask about many subjects under a grant; every one leaves a receipt."""
    answers = query_subjects(
        _asking(request),
        grant_code=code,
        questions=[Question(one.identifier, one.consent) for one in given.questions],
        reason=given.reason,
        operator=given.operator,
        now=clock.city_now(),
    )
    return AnswersOut(answers=[_answer(one) for one in answers.values()])


@router.post("/subscriptions/{code}/next", response=BlockOut, auth=needs(REQUEST_DATA), summary=zh("获取订阅的下一块"))
def fetch(request: HttpRequest, code: str, given: NextIn) -> BlockOut:
    """Fetch the block after the last one acknowledged; without an acknowledgement it is the same one again."""
    found = next_block(_asking(request), code=code, now=clock.city_now(), most=given.most)
    return BlockOut(
        block=found.number, rows=[dict(row) for row in found.rows], checksum=found.checksum, last=found.last
    )


@router.post(
    "/subscriptions/{code}/acknowledge",
    response=ReceiptNumberOut,
    auth=needs(REQUEST_DATA),
    summary=zh("确认收到订阅的一块"),
)
def landed(request: HttpRequest, code: str, given: AcknowledgeIn) -> ReceiptNumberOut:
    """Say that a block has landed; the same again changes nothing."""
    receipt = acknowledge(
        _asking(request),
        code=code,
        block=given.block,
        digest=given.checksum,
        reason=given.reason,
        now=clock.city_now(),
    )
    return ReceiptNumberOut(receipt=receipt)


@router.get("/receipts/{receipt_id}", response=ReceiptOut, auth=needs(VIEW_USES), summary=zh("一张使用回执"))
def one_receipt(request: HttpRequest, receipt_id: int) -> ReceiptOut:
    """Return a receipt that the caller's organisation has given or had."""
    return _receipt(receipt_of(_actor(request), receipt_id))


@router.post("/uses", response=list[UseOut], auth=needs(VIEW_USES), summary=zh("一个对象的数据使用记录"))
def uses(request: HttpRequest, given: SubjectIn) -> list[UseOut]:
    """Tell who used the data of one person or enterprise; the look itself is recorded with its reason."""
    found = look_at_uses(_asking(request), identifier=given.identifier, kind=given.kind, reason=given.reason)
    return [_use(one) for one in found]


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # the sign-on middleware sets it
    return actor


def _asking(request: HttpRequest) -> Actor:
    """Return who calls; an Idempotency-Key is refused, for answers with personal data must not be kept.

    Raises: Invalid.
    """
    if request.headers.get("Idempotency-Key"):
        raise Invalid(zh("此接口不接受 Idempotency-Key：应答含有个人信息，不得留存"))
    return _actor(request)


def _answer(answer: SubjectAnswer) -> AnswerOut:
    return AnswerOut(rows=[dict(row) for row in answer.rows], receipt=answer.receipt_id, at=answer.at)


def _use(one: SubjectUse) -> UseOut:
    return UseOut(
        receipt=one.receipt_id,
        at=one.at,
        kind=one.kind,
        dataset=one.dataset_name,
        provider=one.provider,
        consumer=one.consumer,
        reason=one.reason,
        consent=one.consent,
        fields=list(one.fields),
        result=one.result,
    )


def _receipt(shown: ReceiptShown) -> ReceiptOut:
    row = shown.receipt
    return ReceiptOut(
        id=row.id,
        at=row.at,
        grant=row.grant.code,
        dataset=row.grant.dataset_name,
        provider=row.provider.short_name,
        consumer=row.organisation.short_name,
        kind=row.kind,
        actor=row.actor,
        operator=row.operator,
        reason=row.reason,
        consent=row.consent,
        subject=row.subject_masked,
        fields=list(row.fields),
        rows=row.rows,
        checksum=row.checksum,
        result=row.result,
        number=shown.number,
        digest=shown.digest,
    )
