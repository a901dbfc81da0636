"""Personal columns of the population register: how their values are sealed, hashed and masked."""

from functools import cache
from typing import Final

from onecity.kernel.identifiers.citizen_id import parse_citizen_id
from onecity.kernel.identifiers.phones import parse_phone
from onecity.kernel.masking import masked_identity_number, masked_mobile
from onecity.platform.identity.api import open_text, seal_personal
from onecity.platform.identity.contracts import SealedPersonal
from onecity.platform.registers.models import Person, PersonAddress
from onecity.platform.registers.rules.person_fields import read_place

CITIZEN_ID: Final = "registers.person.citizen_id"
PHONE: Final = "registers.person.phone"
CERTIFICATE: Final = "registers.certificate.number"
PERMIT: Final = "registers.residence.permit"


def seal_citizen_id(number: str) -> SealedPersonal:
    """Seal a number that has been checked; empty stays empty."""
    return seal_personal(number, context=CITIZEN_ID, masked=masked_identity_number(number))


def seal_phone(number: str) -> SealedPersonal:
    """Seal a telephone number; empty stays empty. Its hash tells whether a delivered number is another one."""
    return seal_personal(number, context=PHONE, masked=masked_mobile(number))


def canonical_citizen_id(text: str) -> str:
    """Return the number as it is stored and compared. Raises: InvalidCitizenId."""
    return parse_citizen_id(text).number if text.strip() else ""


def canonical_phone(text: str) -> str:
    """Return the number as it is stored and compared. Raises: InvalidPhone."""
    return parse_phone(text).number if text.strip() else ""


def opened(sealed: bytes | memoryview, context: str) -> str:
    """Open a sealed column for the register's own use."""
    return open_text(bytes(sealed), context=context) if sealed else ""


def pinyin_of(name: str) -> str:
    """Return a name's pinyin without tones or blanks: 张三 → zhangsan."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  # its dictionaries load slowly, and few processes need them

    return "".join(lazy_pinyin(name)).lower().replace("·", "").replace(" ", "")[:80]


@cache
def pinyin_of_character(character: str) -> str:
    """Return the pinyin of one character, for names by the million."""
    return pinyin_of(character)


def address_id(place: str) -> int | None:
    """Return the row of an address, made when it is new; None for no place. place: canonical text."""
    division, text = read_place(place)
    if not division:
        return None
    row, _ = PersonAddress.objects.get_or_create(division_code=division, text=text)
    return row.id


def write_citizen_id(person: Person, number: str) -> None:
    """Put a number into the columns of a person that is about to be saved."""
    sealed = seal_citizen_id(number)
    person.citizen_id_sealed, person.citizen_id_hashed = sealed.sealed, sealed.hashed
    person.citizen_id_masked = sealed.masked


def write_phone(person: Person, number: str) -> None:
    """Put a telephone number into the columns of a person that is about to be saved."""
    sealed = seal_phone(number)
    person.phone_sealed, person.phone_hashed, person.phone_masked = sealed.sealed, sealed.hashed, sealed.masked
