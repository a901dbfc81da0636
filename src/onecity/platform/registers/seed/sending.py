"""A block of made-up people, sealed and sent by COPY."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from onecity.kernel.clock import city_date
from onecity.platform.identity.api import Sealer
from onecity.platform.registers.rules.person_codes import HEAD
from onecity.platform.registers.seed.people import People
from onecity.platform.registers.services.persons.columns import CITIZEN_ID, PHONE
from onecity.platform.registers.services.persons.landing import pinyin

CHUNK: Final = 1_000
_ADDRESSES: Final = "COPY registers_personaddress (id, division_code, text) FROM STDIN"
_HOUSEHOLDS: Final = (
    "COPY registers_household (id, number, kind, head_id, address_id, division_code, organisation_id, source_id,"
    " observed_at, created_at) FROM STDIN"
)
_PERSONS: Final = (
    "COPY registers_person (id, name, name_pinyin, sex_code, birth_date, ethnicity_code, nationality_code,"
    " education_code, marital_code, citizen_id_sealed, citizen_id_hashed, citizen_id_masked, phone_sealed,"
    " phone_hashed, phone_masked, status, household_id, relation_code, registered_division_code,"
    " registered_address_id, division_code, actual_address_id, organisation_id, source_id, observed_at, field_sources,"
    " valid_from, known_from, revision, created_at) FROM STDIN"
)
_RESIDENCES: Final = (
    "COPY registers_residence (person_id, kind, division_code, address_id, from_date, permit_sealed, permit_masked,"
    " source_id, recorded_at) FROM STDIN"
)


@dataclass(frozen=True, slots=True)
class Numbering:
    """What all made-up rows share."""

    source_id: int
    organisation_id: int
    observed_at: datetime
    now: datetime


def send(people: People, *, first: int, numbering: Numbering, sealer: Sealer) -> None:
    """Send a block in the caller's transaction. first: id of its first person; its households and addresses count from
    there too."""
    heads = {
        int(household): place
        for place, (household, relation) in enumerate(zip(people.household, people.relations, strict=True))
        if relation == HEAD
    }
    _copy(_ADDRESSES, (f"{first + place}\t{code}\t{text}\n" for place, (code, text) in enumerate(people.addresses)))
    _copy(_HOUSEHOLDS, _households(people, heads, first, numbering))
    _copy(_PERSONS, _persons(people, first, numbering, sealer))
    _copy(_RESIDENCES, _residences(people, first, numbering))


def _households(people: People, heads: dict[int, int], first: int, numbering: Numbering) -> Iterator[str]:
    tail = f"{numbering.organisation_id}\t{numbering.source_id}\t{numbering.observed_at}\t{numbering.now}\n"
    for place, (division, _) in enumerate(people.addresses):
        number = first + place
        yield f"{number}\t{number:012}\tfamily\t{first + heads[place]}\t{number}\t{division}\t{tail}"


def _persons(people: People, first: int, numbering: Numbering, sealer: Sealer) -> Iterator[str]:
    day = city_date(numbering.observed_at)
    tail = (
        f"{numbering.organisation_id}\t{numbering.source_id}\t{numbering.observed_at}\t{{}}\t{day}\t{numbering.now}\t1"
        f"\t{numbering.now}\n"
    )
    rows = zip(
        people.names.tolist(),
        people.male.tolist(),
        people.births.astype("datetime64[D]").astype("U10").tolist(),
        people.numbers,
        people.phones,
        people.ethnicities.tolist(),
        people.education.tolist(),
        people.marital.tolist(),
        people.household.tolist(),
        people.relations.tolist(),
        people.living.tolist(),
        strict=True,
    )
    for place, row in enumerate(rows):
        name, male, birth, number, phone, ethnicity, education, marital, household, relation, living = row
        division = people.addresses[household][0]
        lives = division if living < 0 else people.addresses[living][0]
        where = "\\N" if living < 0 else first + living
        yield (
            f"{first + place}\t{name}\t{pinyin(name)}\t{'1' if male else '2'}\t{birth}\t{ethnicity}\t156\t{education}"
            f"\t{marital}\t\\\\x{sealer.seal(number, context=CITIZEN_ID).hex()}\t{sealer.search_hash(number)}"
            f"\t{number[:6]}********{number[14:]}\t{_phone(phone, sealer)}\talive\t{first + household}\t{relation}"
            f"\t{division}\t{first + household}\t{lives}\t{where}\t{tail}"
        )


def _phone(phone: str, sealer: Sealer) -> str:
    if not phone:
        return "\\\\x\t\t"
    sealed = sealer.seal(phone, context=PHONE).hex()
    return f"\\\\x{sealed}\t{sealer.search_hash(phone)}\t{phone[:3]}****{phone[7:]}"


def _residences(people: People, first: int, numbering: Numbering) -> Iterator[str]:
    day = city_date(numbering.observed_at)
    for place, living in enumerate(people.living.tolist()):
        if living >= 0:
            division = people.addresses[living][0]
            yield (
                f"{first + place}\tactual\t{division}\t{first + living}\t{day}\t\\\\x\t\t{numbering.source_id}"
                f"\t{numbering.now}\n"
            )


def _copy(statement: str, lines: Iterator[str]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        part = list[str]()
        for line in lines:
            part.append(line)
            if len(part) == CHUNK:
                copy.write("".join(part))
                part.clear()
        copy.write("".join(part))
