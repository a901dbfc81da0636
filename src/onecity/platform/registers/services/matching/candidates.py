"""Who of the register may be meant: by identity number, else by agreeing on two of name, birthday and address."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
from django.db import connection
from pyarrow import csv

from onecity.platform.registers.services.matching.records import Prepared

_PERSON: Final = """
    SELECT p.id, p.name_pinyin, p.name, p.birth_date, p.sex_code, COALESCE(living.text, registered.text), p.phone_hashed
"""
_STAGE: Final = """
    CREATE TEMPORARY TABLE match_stage
        (nr int, name text, pinyin text, birth_date text, address text, division text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE match_hash (nr int, hashed text) ON COMMIT DROP;
"""
_EXACT: Final = """
    SELECT DISTINCT ON (h.nr) h.nr, p.id, p.name = s.name OR p.name_pinyin = s.pinyin, p.birth_date::text = s.birth_date
    FROM match_hash h JOIN match_stage s ON s.nr = h.nr
    JOIN registers_person p ON p.citizen_id_hashed = h.hashed WHERE p.status <> 'merged' ORDER BY h.nr, p.id
"""
# One branch for each pair of keys, each with an index behind it for few records and a hash join for many.
_CANDIDATES: Final = f"""
    COPY (
        WITH ids AS (
            SELECT p.id FROM match_stage s JOIN registers_person p
                ON p.name = s.name AND p.birth_date = s.birth_date::date
            UNION SELECT p.id FROM match_stage s JOIN registers_person p
                ON p.name_pinyin = s.pinyin AND p.birth_date = s.birth_date::date
            UNION SELECT p.id FROM match_stage s
                JOIN registers_personaddress a ON a.division_code = s.division AND a.text = s.address
                JOIN registers_person p ON p.registered_address_id = a.id
                WHERE p.name = s.name OR p.birth_date = s.birth_date::date
            UNION SELECT p.id FROM match_stage s
                JOIN registers_personaddress a ON a.division_code = s.division AND a.text = s.address
                JOIN registers_person p ON p.actual_address_id = a.id
                WHERE p.name = s.name OR p.birth_date = s.birth_date::date
        )
        {_PERSON}
        FROM ids JOIN registers_person p ON p.id = ids.id
        LEFT JOIN registers_personaddress living ON living.id = p.actual_address_id
        LEFT JOIN registers_personaddress registered ON registered.id = p.registered_address_id
        WHERE p.status <> 'merged'
    ) TO STDOUT (FORMAT csv)
"""
_EVERYBODY: Final = f"""
    COPY (
        {_PERSON}
        FROM registers_person p
        LEFT JOIN registers_personaddress living ON living.id = p.actual_address_id
        LEFT JOIN registers_personaddress registered ON registered.id = p.registered_address_id
        WHERE p.status <> 'merged' AND p.division_code LIKE '{{division}}%'
    ) TO STDOUT (FORMAT csv)
"""
_COLUMNS: Final = ("unique_id", "name_pinyin", "name", "birth_date", "sex_code", "address", "phone")


@dataclass(frozen=True, slots=True)
class ExactHit:
    """A record whose identity number a person has. agrees: name (or its sound) and birthday do not contradict it."""

    row: int
    person_id: int
    agrees: bool


def stage(prepared: Prepared) -> None:
    """Put a delivery on the stage, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy("COPY match_hash FROM STDIN") as copy:
            for row, hashes in enumerate(prepared.hashes):
                for hashed in hashes:
                    copy.write_row((row, hashed))
        cursor.execute("ANALYZE match_hash")
        _copy_stage(prepared, range(len(prepared)))


def exact_hits(prepared: Prepared) -> list[ExactHit]:
    """Return the records whose identity number is in the register."""
    with connection.cursor() as cursor:
        cursor.execute(_EXACT)
        return [
            ExactHit(row, person, agrees=bool(name) and (bool(birth) or not prepared.births[row]))
            for row, person, name, birth in cursor.fetchall()
        ]


def candidates(prepared: Prepared, rows: Sequence[int]) -> pa.Table:
    """Return the persons who may be meant by these records, as the engine wants them."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE match_stage")
        _copy_stage(prepared, rows)
    return _table(_CANDIDATES)


def leave_stage() -> None:
    """Take the stage away before the transaction ends, so that another run may follow in the same one."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE match_stage, match_hash")


def everybody(division: str) -> pa.Table:
    """Return all persons of a division, as the engine wants them. division: digits."""
    assert not division or division.isdigit()
    return _table(_EVERYBODY.format(division=division))


def record_table(prepared: Prepared, rows: Sequence[int]) -> pa.Table:
    """Return records as the engine wants them, numbered by their row."""
    picked = {
        "name_pinyin": prepared.pinyins,
        "name": prepared.names,
        "birth_date": prepared.births,
        "sex_code": prepared.sexes,
        "address": prepared.addresses,
        "phone": prepared.phones,
    }
    columns = {name: pa.array([values[row] or None for row in rows], pa.string()) for name, values in picked.items()}
    return pa.table({"unique_id": pa.array(rows, pa.int64()), **columns})


def _copy_stage(prepared: Prepared, rows: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        with cursor.copy("COPY match_stage FROM STDIN") as copy:
            for row in rows:
                fields = (prepared.names[row], prepared.pinyins[row], prepared.births[row] or None)
                copy.write_row((row, *fields, prepared.addresses[row], prepared.divisions[row]))
        cursor.execute("ANALYZE match_stage")


def _table(sql: str) -> pa.Table:
    """Read a COPY into Arrow: neither side makes an object for each value."""
    body = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for piece in copy:
            body.write(piece)
    if not body.tell():
        kinds = {name: pa.int64() if name == "unique_id" else pa.string() for name in _COLUMNS}
        return pa.table({name: pa.array([], kind) for name, kind in kinds.items()})
    body.seek(0)
    return csv.read_csv(
        body,
        read_options=csv.ReadOptions(column_names=list(_COLUMNS)),
        convert_options=csv.ConvertOptions(
            column_types={name: pa.int64() if name == "unique_id" else pa.string() for name in _COLUMNS},
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
