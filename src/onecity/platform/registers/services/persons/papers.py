"""Certificates that belong to a person."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import record, seal_personal, search_hashes
from onecity.platform.registers.models import Certificate
from onecity.platform.registers.selectors.persons.rows import locked_person
from onecity.platform.registers.selectors.provenance import source_by_code
from onecity.platform.registers.services.persons.columns import CERTIFICATE
from onecity.platform.registers.services.persons.dwelling import masked_paper

LONGEST_NUMBER = 40


class CertificateKnown(Conflict):
    """The number stands at somebody already."""

    code = "registers.certificate_known"
    message = zh("该证件号码已经登记")


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """A certificate to be linked. kind: of `Certificate.Kind`."""

    kind: str
    number: str
    source: str
    issuer: str = ""
    from_date: date | None = None
    until_date: date | None = None


def link_certificate(actor: Actor, *, person_id: int, new: NewCertificate, now: datetime) -> int:
    """Link a certificate to a person; returns its id.

    Raises: Invalid naming the fields; CertificateKnown; NoSuchPerson; UnknownSource.
    """
    source = source_by_code(new.source)
    number = new.number.strip().upper()
    if new.kind not in Certificate.Kind.values:
        raise Invalid(fields={"kind": zh("没有这种证件")})
    if not 0 < len(number) <= LONGEST_NUMBER:
        raise Invalid(fields={"number": zh("请填写证件号码（至多40位）")})
    if new.from_date and new.until_date and new.until_date < new.from_date:
        raise Invalid(fields={"until_date": zh("有效期止不能早于有效期起")})
    with transaction.atomic():
        person = locked_person(actor, person_id)
        if Certificate.objects.filter(kind=new.kind, number_hashed__in=search_hashes(number)).exists():
            raise CertificateKnown(fields={"number": CertificateKnown.message})
        sealed = seal_personal(number, context=CERTIFICATE, masked=masked_paper(number))
        row = Certificate.objects.create(
            person=person,
            kind=new.kind,
            number_sealed=sealed.sealed,
            number_hashed=sealed.hashed,
            number_masked=sealed.masked,
            issuer=new.issuer.strip()[:80],
            from_date=new.from_date,
            until_date=new.until_date,
            source_id=source.id,
            recorded_at=now,
        )
        details = {"kind": new.kind, "certificate": row.id}
        record(actor, action="registers.link_certificate", target=f"registers.person:{person.id}", details=details)
    return row.id


def withdraw_certificate(actor: Actor, *, person_id: int, certificate_id: int) -> None:
    """Mark a person's certificate as withdrawn. Raises: NotFound; NoSuchPerson."""
    with transaction.atomic():
        person = locked_person(actor, person_id)
        changed = Certificate.objects.filter(id=certificate_id, person=person, state=Certificate.State.VALID).update(
            state=Certificate.State.WITHDRAWN
        )
        if not changed:
            raise NotFound(zh("没有这本有效的证件"))
        details = {"certificate": certificate_id}
        record(actor, action="registers.withdraw_certificate", target=f"registers.person:{person.id}", details=details)
