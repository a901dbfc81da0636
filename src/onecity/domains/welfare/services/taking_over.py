"""Taking over households that receive aid already, many at once: the roll of the day before this platform."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from onecity.domains.welfare.contracts import KnownHousehold, NewAsset, NewIncome, NewMember
from onecity.domains.welfare.models import (
    Application,
    Authorisation,
    Benefit,
    DeclaredAsset,
    DeclaredIncome,
    Member,
)
from onecity.domains.welfare.permissions import POLICIES
from onecity.domains.welfare.rules.codes import DEPARTMENT_NAMES, Department, Relation
from onecity.domains.welfare.rules.household import age_on
from onecity.domains.welfare.services.applying import MARK
from onecity.domains.welfare.services.consenting import IN_ARCHIVE, consent_text
from onecity.domains.welfare.services.household_rows import application_row, member_row
from onecity.domains.welfare.services.numbering import new_number
from onecity.kernel.actor import Actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.identifiers.citizen_id import parse_citizen_id
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisation, record, seal_personal

MOST = 2000


def take_over(actor: Actor, *, households: Sequence[KnownHousehold], now: datetime) -> int:
    """Enter households with their aid, members, declarations and archived papers; returns how many. now: city time.

    A certificate that is known already is left as it is, so that a batch may be sent again.
    Raises: NotPermitted; Invalid for more than `MOST` at once; InvalidCitizenId: nothing of the batch is kept then.
    """
    if not actor.may(POLICIES):
        raise NotPermitted
    if len(households) > MOST:
        raise Invalid(zh("一次至多导入2000户"))
    known = set(
        Benefit.objects.filter(certificate__in=[item.certificate for item in households]).values_list(
            "certificate", flat=True
        )
    )
    fresh = [item for item in households if item.certificate not in known]
    with transaction.atomic():
        rows = Application.objects.bulk_create(_applications(fresh, now=now))
        Benefit.objects.bulk_create(_benefit(row, item) for row, item in zip(rows, fresh, strict=True))
        members = Member.objects.bulk_create(
            member for row, item in zip(rows, fresh, strict=True) for member in _members(row, item)
        )
        heads = [item for item in members if item.position == 1]
        _declare(heads, fresh)
        Authorisation.objects.bulk_create(_papers(rows, fresh, members, actor=actor, now=now))
        record(actor, action="welfare.take_over", target="welfare.benefit", details={"households": len(fresh)})
    return len(fresh)


def _applications(fresh: Sequence[KnownHousehold], *, now: datetime) -> Iterator[Application]:
    streets = {item.application.organisation_id for item in fresh}
    divisions = {street: organisation(street).division_code for street in streets}
    for item in fresh:
        row = application_row(item.application, division_code=divisions[item.application.organisation_id], now=now)
        row.state, row.decided_at = Application.State.GRANTED, now
        yield row


def _benefit(row: Application, item: KnownHousehold) -> Benefit:
    day = item.granted_on
    return Benefit(application=row, aid=row.aid, certificate=item.certificate, granted_on=day, checked_on=day)


def _members(row: Application, item: KnownHousehold) -> Iterator[Member]:
    yield _member(row, item.application.applicant, position=1, relation=Relation.SELF)
    for place, other in enumerate(item.others, start=2):
        yield _member(row, other, position=place, relation=other.relation)


def _member(row: Application, new: NewMember, *, position: int, relation: Relation) -> Member:
    return member_row(row, new, person=parse_citizen_id(new.identifier), position=position, relation=relation)


def _declare(heads: Sequence[Member], fresh: Sequence[KnownHousehold]) -> None:
    pairs = list(zip(heads, fresh, strict=True))
    DeclaredIncome.objects.bulk_create(_income(head, one) for head, item in pairs for one in item.incomes)
    DeclaredAsset.objects.bulk_create(_asset(head, one) for head, item in pairs for one in item.assets)


def _income(head: Member, new: NewIncome) -> DeclaredIncome:
    return DeclaredIncome(
        member=head,
        topic=new.topic,
        monthly=new.monthly,
        deductions=new.deductions,
        from_month=new.from_month,
        to_month=new.to_month,
    )


def _asset(head: Member, new: NewAsset) -> DeclaredAsset:
    mark = seal_personal(new.mark, context=MARK, masked=f"{new.mark[:2]}***{new.mark[-2:]}" if new.mark else "")
    return DeclaredAsset(
        member=head,
        kind=new.kind,
        mark_sealed=mark.sealed,
        mark_masked=mark.masked,
        value=new.value,
        area=new.area,
        living_tool=new.living_tool,
        operating=new.operating,
    )


def _papers(
    rows: Sequence[Application],
    fresh: Sequence[KnownHousehold],
    members: Iterable[Member],
    *,
    actor: Actor,
    now: datetime,
) -> Iterator[Authorisation]:
    until = {row.id: item.authorised_until for row, item in zip(rows, fresh, strict=True)}
    numbers = {row.id: row.number for row in rows}
    first = city_date(now)
    for member in members:
        last = until[member.application_id]
        if last is None or age_on(member.birth_date, day=first) < 18:
            continue
        text = consent_text(
            name=member.name_masked,
            number=numbers[member.application_id],
            departments=tuple(DEPARTMENT_NAMES.values()),
            first=first,
            last=last,
        )
        yield Authorisation(
            code=new_number("SQS", on=first),
            member=member,
            departments=[item.value for item in sorted(Department)],
            valid_from=first,
            valid_to=last,
            method=Authorisation.Method.PAPER,
            document_id=IN_ARCHIVE,
            text_digest=sm3(text.encode()).hex(),
            signed_at=now,
            signed_before=actor.key,
        )
