"""How a checked block reaches the tables: staged by COPY, matched by hash, put in or merged set by set."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from onecity.kernel.errors import Conflict
from onecity.kernel.masking import masked_identity_number, masked_mobile
from onecity.kernel.text import zh
from onecity.platform.identity.api import Sealer, sealer
from onecity.platform.registers.contracts.provenance import SourceInfo
from onecity.platform.registers.rules.person_blocks import IDENTIFIER, Judged
from onecity.platform.registers.rules.person_codes import CHINA
from onecity.platform.registers.rules.person_fields import read_place
from onecity.platform.registers.rules.provenance import Exceptions
from onecity.platform.registers.services.persons import landing_sql as sql
from onecity.platform.registers.services.persons.columns import CITIZEN_ID, PHONE, opened, pinyin_of_character


class Overtaken(Conflict):
    """Another process put in one of the block's persons meanwhile; the block may be brought again."""

    code = "registers.overtaken"
    message = zh("同一批人员正在由另一进程写入，请重试该数据块")


@dataclass(frozen=True, slots=True)
class Standing:
    """A person of whom the block says something else. facts: canonical values as they stand, the phone in clear."""

    row: int
    id: int
    organisation_id: int
    division_code: str
    source_id: int
    observed_at: datetime
    field_sources: Exceptions
    valid_from: date
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Changed:
    """What a person becomes. splits: the former state ended at `since`; else it was never so."""

    person: Standing
    patch: Mapping[str, str]
    field_sources: Exceptions
    since: date
    splits: bool


def stage(judged: Judged, rows: Sequence[int], *, sealer: Sealer, observed: Sequence[datetime]) -> None:
    """Put the good rows of a block on the stage and find whom they are about."""
    columns = _stage_columns(judged, sealer)
    numbers = judged.fields[IDENTIFIER]
    with connection.cursor() as cursor:
        cursor.execute(sql.STAGE)
        with cursor.copy(sql.COPY_STAGE) as copy:
            for row in rows:
                hashed = sealer.search_hash(numbers[row])
                copy.write_row((row, hashed, observed[row], *(column[row] for column in columns)))
        with cursor.copy(sql.COPY_HASHES) as copy:
            for row in rows:
                for hashed in sealer.search_hashes(numbers[row]):
                    copy.write_row((row, hashed))
        cursor.execute(sql.MATCH)


def insert_new(judged: Judged, *, source: SourceInfo, sealer: Sealer, now: datetime) -> frozenset[int]:
    """Enter the staged persons whom nobody knows, with addresses and households; returns their rows.

    Raises: Overtaken.
    """
    numbers, phones = judged.fields[IDENTIFIER], judged.fields.get("phone")
    values: dict[str, int | datetime] = {"organisation": source.organisation_id, "source": source.id, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(sql.NEW_ROWS)
        rows = [row for (row,) in cursor.fetchall()]
        cursor.execute(sql.FRESH)
        with cursor.copy(sql.COPY_FRESH) as copy:
            copy.set_types(("int4", "bytea", "text", "bytea", "text"))
            for row in rows:
                number, phone = numbers[row], phones[row] if phones else ""
                sealed = sealer.seal(number, context=CITIZEN_ID), masked_identity_number(number)
                copy.write_row((row, *sealed, sealer.seal(phone, context=PHONE), masked_mobile(phone)))
        cursor.execute(sql.ADDRESSES)
        cursor.execute(sql.HOUSEHOLDS, values)
        cursor.execute(sql.PERSONS, values)
        if cursor.rowcount != len(rows):
            raise Overtaken
        cursor.execute(sql.HEADS)
    return frozenset(rows)


def read_differing(delivered: Sequence[str]) -> Iterator[Standing]:
    """Lock and return the known persons of whom a delivered field differs."""
    with connection.cursor() as cursor:
        cursor.execute(sql.differing(delivered))
        for found in cursor.fetchall():
            yield _standing(found)


def update(changes: Sequence[Changed], *, now: datetime) -> None:
    """Write changed persons, keeping what was."""
    if not changes:
        return
    seal = sealer()
    with connection.cursor() as cursor:
        cursor.execute(sql.CHANGE)
        with cursor.copy(sql.COPY_CHANGE) as copy:
            copy.set_types(("int8", "date", "bool", "bytea", "text", "text", *("text" for _ in sql.CHANGED)))
            for change in changes:
                copy.write_row(_change_row(change, seal))
        cursor.execute(sql.CHANGED_ADDRESSES)
        cursor.execute(sql.KEEP, {"now": now})
        cursor.execute(sql.UPDATE, {"now": now})


def pinyin(name: str) -> str:
    """Return a name's pinyin, character by character: for names by the million."""
    return "".join(map(pinyin_of_character, name))[:80]


def _stage_columns(judged: Judged, sealer: Sealer) -> list[Sequence[str]]:
    """Return the stage's text columns in their order; what was not delivered is empty."""
    fields = judged.fields
    empty = [""] * judged.rows
    numbers = fields[IDENTIFIER]
    columns: dict[str, Sequence[str]] = {name: fields.get(name, empty) for name in sql.SAME_NAMES}
    columns["sex_code"] = [text or _sex(number) for text, number in zip(columns["sex_code"], numbers, strict=True)]
    columns["birth_date"] = [
        text or _birth(number) for text, number in zip(fields.get("birth_date", empty), numbers, strict=True)
    ]
    columns["nationality_code"] = [text or CHINA for text in columns["nationality_code"]]
    columns["name_pinyin"] = [pinyin(name) for name in columns["name"]]
    columns["phone_hashed"] = [sealer.search_hash(text) for text in fields.get("phone", empty)]
    for field, prefix in (("registered_place", "registered"), ("living_place", "living")):
        places = [read_place(text) for text in fields.get(field, empty)]
        columns[f"{prefix}_division"] = [division for division, _ in places]
        columns[f"{prefix}_text"] = [text for _, text in places]
    columns["household_number"] = judged.extra.get("household_number", empty)
    return [columns[name] for name in sql.STAGED]


def _standing(found: Sequence[Any]) -> Standing:
    row, number, organisation, division, source, observed, exceptions, valid_from, birth, phone, *rest = found
    registered, living, *same = rest
    facts = {
        **dict(zip(sql.SAME_NAMES, same, strict=True)),
        "birth_date": birth,
        "phone": opened(phone, PHONE),
        "registered_place": registered,
        "living_place": living,
    }
    return Standing(row, number, organisation, division, source, observed, json.loads(exceptions), valid_from, facts)


def _change_row(change: Changed, seal: Sealer) -> tuple[object, ...]:
    facts = {**change.person.facts, **change.patch}
    phone: tuple[bytes | None, str | None, str | None] = (None, None, None)
    if "phone" in change.patch:
        number = change.patch["phone"]
        phone = seal.seal(number, context=PHONE), seal.search_hash(number), masked_mobile(number)
    return (
        change.person.id,
        change.since,
        change.splits,
        *phone,
        *(facts[name] for name in sql.SAME_NAMES),
        pinyin(facts["name"]),
        facts["birth_date"],
        *read_place(facts["registered_place"]),
        *read_place(facts["living_place"]),
        json.dumps(change.field_sources),
    )


def _sex(number: str) -> str:
    """Return the sex that a number says; refused rows may hold anything, and are never staged."""
    return "1" if number[16:17] in set("13579") else "2"


def _birth(number: str) -> str:
    return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
