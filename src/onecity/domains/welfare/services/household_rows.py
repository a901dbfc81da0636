"""Rows of a household, not yet saved: the one place where an applicant's address, names and numbers are sealed."""

from datetime import datetime
from typing import Final

from onecity.domains.welfare.contracts import NewApplication, NewMember
from onecity.domains.welfare.models import Application, Member
from onecity.domains.welfare.rules.codes import Relation
from onecity.domains.welfare.services.numbering import new_number
from onecity.kernel.clock import city_date
from onecity.kernel.identifiers.citizen_id import CitizenId
from onecity.kernel.masking import masked_address, masked_identity_number, masked_mobile, masked_name
from onecity.platform.identity.api import seal_personal

NAME: Final = "welfare.member.name"
IDENTIFIER: Final = "welfare.member.identifier"
ADDRESS: Final = "welfare.application.address"
PHONE: Final = "welfare.application.phone"


def application_row(new: NewApplication, *, division_code: str, now: datetime) -> Application:
    """Return a draft with a new number. division_code: of its street. now: city time."""
    address = seal_personal(new.address, context=ADDRESS, masked=masked_address(new.address))
    phone = seal_personal(new.phone, context=PHONE, masked=masked_mobile(new.phone))
    return Application(
        number=new_number("SQ", on=city_date(now)),
        aid=new.aid,
        organisation_id=new.organisation_id,
        division_code=division_code,
        address_sealed=address.sealed,
        address_masked=address.masked[:120],
        phone_sealed=phone.sealed,
        phone_masked=phone.masked,
        living_area=new.living_area,
        reason=new.reason[:500],
        created_at=now,
    )


def member_row(
    application: Application, new: NewMember, *, person: CitizenId, position: int, relation: Relation
) -> Member:
    """Return a member. person: his identifier, checked; position: from 1, the applicant's."""
    name = seal_personal(new.name, context=NAME, masked=masked_name(new.name))
    identifier = seal_personal(person.number, context=IDENTIFIER, masked=masked_identity_number(person.number))
    return Member(
        application=application,
        position=position,
        relation=relation,
        name_sealed=name.sealed,
        name_masked=name.masked,
        identifier_sealed=identifier.sealed,
        identifier_hashed=identifier.hashed,
        identifier_masked=identifier.masked,
        birth_date=person.birth_date,
        marital=new.marital,
        able_to_work=new.able_to_work,
        disability=new.disability,
        in_school=new.in_school,
        supports=new.supports,
    )
