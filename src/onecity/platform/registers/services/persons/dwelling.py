"""Residences: the dwelling away from the registered place, and former places."""

from datetime import date, datetime

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity.api import seal_personal
from onecity.platform.registers.contracts.persons import NewEvent
from onecity.platform.registers.contracts.provenance import SourceInfo
from onecity.platform.registers.models import Person, Residence
from onecity.platform.registers.services.persons.columns import PERMIT

LONGEST_PERMIT = 30


def reside(person: Person, *, event: NewEvent, source: SourceInfo, now: datetime) -> None:
    """Write the row of a dwelling, ending the one before. The person's own columns have been changed already.

    Raises: Invalid for a permit whose number is too long.
    """
    if len(event.permit_number) > LONGEST_PERMIT:
        raise Invalid(fields={"permit_number": zh("居住证号码过长")})
    _end_dwelling(person, day=event.happened_date)
    permit = seal_personal(event.permit_number, context=PERMIT, masked=masked_paper(event.permit_number))
    Residence.objects.create(
        person=person,
        kind=Residence.Kind.ACTUAL,
        division_code=person.division_code,
        address_id=person.actual_address_id,
        from_date=event.happened_date,
        permit_sealed=permit.sealed,
        permit_masked=permit.masked,
        permit_until_date=event.permit_until,
        source_id=source.id,
        recorded_at=now,
    )


def keep_former_place(person: Person, *, until: date, source: SourceInfo, now: datetime) -> None:
    """Keep the registered place that a person leaves, as a row; none when there was none."""
    if person.registered_division_code:
        Residence.objects.create(
            person=person,
            kind=Residence.Kind.REGISTERED,
            division_code=person.registered_division_code,
            address_id=person.registered_address_id,
            from_date=min(person.valid_from, until),
            to_date=until,
            source_id=source.id,
            recorded_at=now,
        )


def end_residences(person: Person, *, day: date) -> None:
    """End the dwelling of a person who has died or left."""
    _end_dwelling(person, day=day)


def masked_paper(number: str) -> str:
    """Show the last four characters of a paper's number; a short one not at all."""
    return "*" * (len(number) - 4) + number[-4:] if len(number) > 8 else "*" * len(number)


def _end_dwelling(person: Person, *, day: date) -> None:
    Residence.objects.filter(person=person, kind=Residence.Kind.ACTUAL, to_date=None).update(to_date=day)
