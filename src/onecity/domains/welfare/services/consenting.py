"""Authorisations: signed by each adult, kept as they were signed, withdrawn at any time."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.domains.welfare.contracts import NewConsent
from onecity.domains.welfare.models import Application, Authorisation, Member
from onecity.domains.welfare.rules.codes import DEPARTMENT_NAMES
from onecity.domains.welfare.rules.household import age_on
from onecity.domains.welfare.selectors.applications import may_write
from onecity.domains.welfare.services.numbering import new_number
from onecity.kernel.actor import Actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.documents.api import store
from onecity.platform.documents.contracts import Upload
from onecity.platform.identity.api import record

HOLDER: Final = "welfare.application"
LONGEST: Final = timedelta(days=3 * 366)
IN_ARCHIVE: Final = 0
"""Document of an authorisation whose paper lies in the archive and was not scanned."""
OPEN: Final = (Application.State.DRAFT, Application.State.SUBMITTED, Application.State.GRANTED)


class NotOfAge(Invalid):
    """A minor does not sign; the applicant signs for it."""

    code = "welfare.not_of_age"
    message = zh("未成年人由申请人一并授权，不单独签署")


def consent_text(*, name: str, number: str, departments: tuple[str, ...], first: date, last: date) -> str:
    """Return the text that is signed, word for word. departments: Chinese names. name: as masked on pages."""
    asked = "、".join(departments)
    return (
        f"本人{name}，就救助申请{number}，授权民政部门及其核对机构在{first.isoformat()}至{last.isoformat()}期间，"
        f"向{asked}查询本人及由本人监护的未成年家庭成员的收入、财产、人口等信息。查询结果仅用于本次及后续定期核对，"
        "依法保密。本人可随时撤回授权；撤回后不再查询，已作出的核对不受影响。"
    )


def sign_consent(actor: Actor, *, new: NewConsent, signature: Upload, now: datetime) -> Authorisation:
    """Keep a member's authorisation. signature: the picture of it, or the scanned paper. now: city time.

    Raises: NotFound; NotPermitted; NotOfAge; Invalid naming the field; Conflict where the application is over; what
    documents refuse.
    """
    with transaction.atomic():
        member = _member(actor, new.member_id)
        if member.application.state not in OPEN:
            raise Conflict(zh("申请已终止，不再需要授权"))
        _check(new, member=member, now=now)
        kept = store(
            actor,
            holder=HOLDER,
            holder_id=member.application_id,
            upload=signature,
            now=now,
            division_code=member.application.division_code[:12],
        )
        names = tuple(DEPARTMENT_NAMES[item] for item in new.departments)
        text = consent_text(
            name=member.name_masked,
            number=member.application.number,
            departments=names,
            first=new.valid_from,
            last=new.valid_to,
        )
        row = Authorisation.objects.create(
            code=new_number("SQS", on=city_date(now)),
            member=member,
            departments=sorted(new.departments),
            valid_from=new.valid_from,
            valid_to=new.valid_to,
            method=new.method,
            document_id=kept.id,
            text_digest=sm3(text.encode()).hex(),
            signed_at=now,
            signed_before=actor.key,
        )
        record(
            actor,
            action="welfare.sign_consent",
            target=f"welfare.authorisation:{row.id}",
            details={"departments": list(row.departments), "until": row.valid_to.isoformat()},
        )
    return row


def withdraw_consent(actor: Actor, *, code: str, reason: str, now: datetime) -> None:
    """Withdraw an authorisation; from this moment nobody is asked under it.

    Raises: NotFound; NotPermitted; Conflict where it was withdrawn before.
    """
    with transaction.atomic():
        row = Authorisation.objects.select_for_update().filter(code=code).first()
        if row is None:
            raise NotFound(zh("没有这份授权"))
        _member(actor, row.member_id)
        if row.withdrawn_at is not None:
            raise Conflict(zh("授权已经撤回"))
        row.withdrawn_at, row.withdrawn_reason = now, reason.strip()[:200]
        row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        record(actor, action="welfare.withdraw_consent", target=f"welfare.authorisation:{row.id}")


def _member(actor: Actor, member_id: int) -> Member:
    member = Member.objects.select_related("application").filter(id=member_id).first()
    if member is None:
        raise NotFound(zh("没有这个成员"))
    if not may_write(actor, member.application):
        raise NotPermitted
    return member


def _check(new: NewConsent, *, member: Member, now: datetime) -> None:
    if age_on(member.birth_date, day=city_date(now)) < 18:
        raise NotOfAge
    faults: dict[str, str] = {}
    if not new.departments:
        faults["departments"] = zh("请至少选择一个部门")
    if new.valid_to < new.valid_from or new.valid_to - new.valid_from > LONGEST:
        faults["valid_to"] = zh("授权期限应不早于生效日期，且不超过三年")
    if new.method not in Authorisation.Method.values:
        faults["method"] = zh("没有这种签署方式")
    if faults:
        raise Invalid(fields=faults)
