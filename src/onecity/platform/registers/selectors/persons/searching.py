"""Finding people: by identifier, by name and birthday, by words of an address; for pages and hot roads.

Statements number their values ($1, $2 …) as asyncpg takes them; `django_form` turns them into Django's form. The first
three are always the row scope's.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.masking import masked_address
from onecity.kernel.patterns import like_literal
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope, scope_sql
from onecity.platform.registers.permissions import VIEW_PERSONS
from onecity.platform.registers.rules.person_fields import tidy_name
from onecity.platform.registers.selectors.persons.facts import hashes_of

MOST_FOUND: Final = 50
MOST_PLACES: Final = 500
SHORTEST_WORDS: Final = 2
_COLUMNS: Final = """
    p.id, p.name, p.sex_code, p.birth_date, p.citizen_id_masked, p.status, p.division_code,
    COALESCE(l.text, r.text, '') AS address, p.household_id
"""
_JOINS: Final = """
    LEFT JOIN registers_personaddress r ON r.id = p.registered_address_id
    LEFT JOIN registers_personaddress l ON l.id = p.actual_address_id
"""
_SCOPE: Final = scope_sql(first=1, organisation="p.organisation_id", division="p.division_code")
BY_IDENTIFIER: Final = f"""
    SELECT {_COLUMNS} FROM registers_person p {_JOINS}
    WHERE {_SCOPE} AND p.id IN (
        SELECT id FROM registers_person WHERE citizen_id_hashed = ANY($4::text[]) AND citizen_id_hashed <> ''
        UNION ALL SELECT person_id FROM registers_certificate WHERE number_hashed = ANY($4::text[])
    ) LIMIT 1
"""
BY_NAME: Final = f"""
    SELECT {_COLUMNS} FROM registers_person p {_JOINS}
    WHERE {_SCOPE} AND p.name = $4 AND p.birth_date BETWEEN $5 AND $6 ORDER BY p.birth_date, p.id LIMIT {MOST_FOUND + 1}
"""
BY_PINYIN: Final = f"""
    SELECT {_COLUMNS} FROM registers_person p {_JOINS}
    WHERE {_SCOPE} AND p.name_pinyin = $4 AND p.birth_date BETWEEN $5 AND $6
    ORDER BY p.birth_date, p.id LIMIT {MOST_FOUND + 1}
"""
BY_ADDRESS: Final = f"""
    WITH places AS MATERIALIZED (
        SELECT id FROM registers_personaddress
        WHERE registers_pairs(text) @> registers_pairs($4) AND text LIKE $5 LIMIT {MOST_PLACES}
    ), people AS MATERIALIZED (
        SELECT q.id FROM places JOIN registers_person q ON q.registered_address_id = places.id
        UNION SELECT q.id FROM places JOIN registers_person q ON q.actual_address_id = places.id
    )
    SELECT {_COLUMNS} FROM people JOIN registers_person p ON p.id = people.id {_JOINS}
    WHERE {_SCOPE} ORDER BY address, p.household_id, p.id LIMIT {MOST_FOUND + 1}
"""
_FIRST, _LAST = date(1800, 1, 1), date(2200, 1, 1)


Value = bool | str | date | list[str] | list[int]
"""What the statements take."""


class SearchRefused(Invalid):
    """There is too little to search by; the fields say what is needed."""

    code = "registers.search_refused"
    message = zh("查询条件不足")


@dataclass(frozen=True, slots=True)
class PersonQuery:
    """What is searched for: an identifier, or a name with a birth date or year, or words of an address."""

    identifier: str = ""
    name: str = ""
    born: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A person in a list of results; identifiers and house numbers are masked."""

    id: int
    name: str
    sex_code: str
    birth_date: date
    citizen_id_masked: str
    status: str
    division_code: str
    address: str
    household_id: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """Results; more: there are others, so the question should be narrower."""

    hits: Sequence[Hit]
    more: bool = False


def statement_of(query: PersonQuery) -> tuple[str, list[Value]]:
    """Return statement and values (from $4 on) of a question.

    Raises: SearchRefused without anything to search by.
    """
    if query.identifier.strip():
        return BY_IDENTIFIER, [hashes_of(query.identifier)]
    name = tidy_name(query.name)
    if name:
        first, last = _days(query.born)
        pinyin = name.isascii()
        return (BY_PINYIN if pinyin else BY_NAME), [name.lower().replace(" ", "") if pinyin else name, first, last]
    words = "".join(query.address.split())
    if len(words) < SHORTEST_WORDS:
        raise SearchRefused(fields={"identifier": zh("请填写证件号码、姓名或至少两个字的地址")})
    return BY_ADDRESS, [words, f"%{like_literal(words)}%"]


def search_persons(actor: Actor, query: PersonQuery) -> Found:
    """Return whom a question finds within the actor's scope, at most `MOST_FOUND`. Raises: SearchRefused."""
    statement, values = statement_of(query)
    scope = row_scope(actor, VIEW_PERSONS)
    with connection.cursor() as cursor:
        sql, named = django_form(statement, [*scope.parameters(), *values])
        cursor.execute(sql, named)
        return found_of(cursor.fetchall())


def found_of(rows: Sequence[Sequence[Any]]) -> Found:
    """Return database rows as results, addresses masked."""
    hits = [hit_of(row) for row in rows[:MOST_FOUND]]
    return Found(hits, more=len(rows) > MOST_FOUND)


def hit_of(row: Sequence[Any]) -> Hit:
    """Return one row as a result."""
    number, name, sex, birth, masked, status, division, address, household = row
    return Hit(number, name, sex, birth, masked, status, division, masked_address(address), household)


def django_form(statement: str, values: Sequence[Value]) -> tuple[str, Mapping[str, Value]]:
    """Return a statement with numbered values as Django's cursor takes it."""
    escaped = statement.replace("%", "%%")
    return re.sub(r"\$(\d+)", r"%(v\1)s", escaped), {f"v{place}": value for place, value in enumerate(values, start=1)}


def _days(born: str) -> tuple[date, date]:
    """Return the first and the last birth date that a text names: a day, a year, or nothing."""
    text = born.strip()
    if not text:
        return _FIRST, _LAST
    try:
        if len(text) == len("1990"):
            return date(int(text), 1, 1), date(int(text), 12, 31)
        return date.fromisoformat(text), date.fromisoformat(text)
    except ValueError:
        raise SearchRefused(fields={"born": zh("出生日期应写成 1990-01-31 或 1990 的形式")}) from None
