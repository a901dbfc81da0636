"""Matching a delivery to the whole register, beside the joins by number and by name and birthday alone in SQL.

The delivery: people of the register, as another department writes them. Six in ten bring their number; of the others
some have a name that sounds the same but is written otherwise, a birthday with one digit wrong, or another address;
one in ten is in no register. What is right is known, so precision and recall are reported, too.
"""

from time import perf_counter
from typing import Final

import numpy as np
import pyarrow as pa
from django.db import connection

from benchmarks.report import Result, progress
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.registers.models import MatchLink
from onecity.platform.registers.services.matching.candidates import stage
from onecity.platform.registers.services.matching.records import prepare
from onecity.platform.registers.services.matching.runs import match_people
from onecity.platform.registers.services.persons.columns import CITIZEN_ID, opened

SEED: Final = 20261121
LIMIT: Final = "joins by number, and by name and birthday, alone in SQL (no probabilities)"
_PEOPLE: Final = """
    SELECT p.id, p.name, p.sex_code, p.birth_date::text, p.citizen_id_sealed, a.text, a.division_code
    FROM registers_person p JOIN registers_personaddress a ON a.id = p.registered_address_id
    WHERE p.id %% %s = 0 ORDER BY p.id LIMIT %s
"""
_JOINS: Final = """
    SELECT count(*) FROM (
        SELECT h.nr, p.id FROM match_hash h JOIN registers_person p ON p.citizen_id_hashed = h.hashed
        UNION SELECT s.nr, p.id FROM match_stage s JOIN registers_person p
            ON p.name = s.name AND p.birth_date = s.birth_date::date
    ) AS found
"""


def matching(*, people: int, records: int, source: str) -> Result:
    """Match `records` records to `people` people; returns records a second, beside the joins alone."""
    delivery = _delivery(people=people, records=records)
    prepared = prepare(delivery)
    began = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        stage(prepared)
        cursor.execute(_JOINS)
        cursor.execute("ROLLBACK")
    limit = records / (perf_counter() - began)
    began = perf_counter()
    run = match_people(
        system_actor("bench"),
        code=f"bench:{clock.real_now():%Y%m%d%H%M%S}",
        title="测量",
        source=source,
        records=delivery,
        organisation_id=None,
        now=clock.city_now(),
    )
    value = records / (perf_counter() - began)
    _tell(run.id, records)
    return Result("matching_1m", value, "records/s", limit, LIMIT, "higher")


def _delivery(*, people: int, records: int) -> pa.Table:
    """Return the delivery; keys are persons' numbers, with an x before those of people who are in no register."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [max(people // records, 1), records])
        rows = cursor.fetchall()
    draw = np.random.default_rng(SEED)
    kinds = draw.random(len(rows))
    written = [_written(row, float(kind), number) for number, (row, kind) in enumerate(zip(rows, kinds, strict=True))]
    names = ("key", "name", "sex_code", "birth_date", "citizen_id", "phone", "address", "division_code")
    columns = zip(*written, strict=True)
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)})


def _written(row: tuple[object, ...], kind: float, number: int) -> tuple[str, ...]:
    person, name, sex, born, sealed, address, division = row
    key, text, birthday, place = str(person), str(name), str(born), str(address)
    if kind < 0.6:
        assert isinstance(sealed, bytes | memoryview)
        return key, text, str(sex), birthday, opened(sealed, CITIZEN_ID), "", place, str(division)
    if kind < 0.7:
        return (
            f"x{key}",
            f"{text[0]}某{text[-1]}",
            str(sex),
            f"1901-0{number % 9 + 1}-01",
            "",
            "",
            f"无此路{number}号",
            "",
        )
    if kind < 0.75:
        text = f"{text[:-1]}燚"
    elif kind < 0.8:
        birthday = f"{birthday[:-1]}{(int(birthday[-1]) + 1) % 10}"
    elif kind < 0.85:
        place = f"新迁入路{number}号"
    return key, text, str(sex), birthday, "", "", place, str(division)


def _tell(run_id: int, records: int) -> None:
    links = MatchLink.objects.filter(run_id=run_id, person__isnull=False).values_list("record_key", "person_id")
    right = sum(key == str(person) for key, person in links.iterator(chunk_size=50_000))
    taken = links.count()
    known = MatchLink.objects.filter(run_id=run_id).exclude(record_key__startswith="x").count()
    doubtful = MatchLink.objects.filter(run_id=run_id, outcome="doubtful").count()
    progress(
        f"matching: {taken:,} of {records:,} taken, precision {right / max(taken, 1):.4f},"
        f" recall {right / max(known, 1):.4f} before the clerk sees {doubtful:,} doubtful ones"
    )
