"""Each use of a person's data leaves a line: who, when, why, which fields."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel import context
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import ReasonNeeded, look, record
from onecity.platform.registers.models import Certificate, PersonUse, Residence
from onecity.platform.registers.permissions import LOOK_PERSONAL
from onecity.platform.registers.selectors.persons.rows import visible_person
from onecity.platform.registers.services.persons.columns import CERTIFICATE, CITIZEN_ID, PERMIT, PHONE

SHORTEST_REASON: Final = 4
LONGEST_REASON: Final = 200


def checked_reason(reason: str) -> str:
    """Return a reason that says something. Raises: ReasonNeeded."""
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise ReasonNeeded(params={"count": SHORTEST_REASON}, fields={"reason": zh("请填写查看事由")})
    return reason[:LONGEST_REASON]


def note_uses(
    actor: Actor, *, person_ids: Iterable[int], kind: str, fields: Sequence[str], reason: str, now: datetime
) -> None:
    """Write a line for each person whose data is used. now: real time. Raises: ReasonNeeded."""
    reason = checked_reason(reason)
    PersonUse.objects.bulk_create(
        PersonUse(
            person_id=number,
            at=now,
            kind=kind,
            actor=actor.key[:60],
            actor_name=actor.name[:60],
            organisation_id=actor.organisation_id,
            fields=list(fields),
            reason=reason,
            request_id=context.request_id()[:64],
        )
        for number in person_ids
    )


def open_file(actor: Actor, *, person_id: int, reason: str, now: datetime) -> None:
    """Note that the actor opens a person's file. now: real time. Raises: NoSuchPerson; ReasonNeeded."""
    reason = checked_reason(reason)
    person = visible_person(actor, person_id)
    with transaction.atomic():
        note_uses(actor, person_ids=[person.id], kind=PersonUse.Kind.FILE, fields=["file"], reason=reason, now=now)
        record(actor, action="registers.open_file", target=f"registers.person:{person.id}", details={"reason": reason})


def look_at(actor: Actor, *, person_id: int, field: str, reason: str, now: datetime) -> str:
    """Return a sealed value of a person in clear, and leave a line and an audit entry. now: real time.

    field: `citizen_id`, `phone`, `certificate:<id>` or `permit` (of the present dwelling).
    Raises: NotPermitted without the right to look; NoSuchPerson; NotFound for no such value; ReasonNeeded.
    """
    if not actor.may(LOOK_PERSONAL):
        raise NotPermitted
    reason = checked_reason(reason)
    person = visible_person(actor, person_id, permission=LOOK_PERSONAL)
    match field:
        case "citizen_id":
            sealed, bound = bytes(person.citizen_id_sealed), CITIZEN_ID
        case "phone":
            sealed, bound = bytes(person.phone_sealed), PHONE
        case "permit":
            sealed, bound = _permit(person_id), PERMIT
        case _:
            sealed, bound = _certificate(person_id, field), CERTIFICATE
    if not sealed:
        raise NotFound(zh("没有登记这一项"))
    with transaction.atomic():
        note_uses(actor, person_ids=[person.id], kind=PersonUse.Kind.LOOK, fields=[field], reason=reason, now=now)
        return look(actor, context=bound, target=f"registers.person:{person.id}", sealed=sealed, reason=reason)


def _permit(person_id: int) -> bytes:
    row = Residence.objects.filter(person_id=person_id, kind=Residence.Kind.ACTUAL, to_date=None).first()
    return bytes(row.permit_sealed) if row else b""


def _certificate(person_id: int, field: str) -> bytes:
    kind, _, number = field.partition(":")
    if kind != "certificate" or not number.isdigit():
        return b""
    row = Certificate.objects.filter(person_id=person_id, id=int(number)).first()
    return bytes(row.number_sealed) if row else b""
