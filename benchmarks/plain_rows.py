"""The bare peer of opening and stepping cases: the same rows, one plain statement a row, one transaction a step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import psycopg
from django.db import connection
from psycopg import sql

# Table, the condition by which a case's rows are found, columns that the database fills.
_ROWS: Final = (
    ("cases_case", "id = %(id)s"),
    ("cases_task", "case_id = %(id)s"),
    ("cases_entry", "case_id = %(id)s"),
    ("cases_visibility", "case_id = %(id)s"),
    ("cases_searchterms", "case_id = %(id)s"),
    ("identity_auditentry", "target = 'cases.case:' || %(id)s"),
)
_HISTORY: Final = ("cases_entry", "identity_auditentry")


@dataclass(frozen=True, slots=True)
class PlainRow:
    """A row as texts, ready for `INSERT`."""

    table: str
    columns: tuple[str, ...]
    values: tuple[str | None, ...]

    def insert(self) -> sql.Composed:
        """Return the plain statement."""
        return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(self.table),
            sql.SQL(", ").join(map(sql.Identifier, self.columns)),
            sql.SQL(", ").join(sql.Placeholder() * len(self.columns)),
        )

    def changed(self, **given: str) -> "PlainRow":
        """Return the row with other values."""
        values = tuple(given.get(name, value) for name, value in zip(self.columns, self.values, strict=True))
        return PlainRow(self.table, self.columns, values)


def rows_of(case_id: int) -> list[PlainRow]:
    """Return the rows that belong to a case, as they stand."""
    return [row for table, condition in _ROWS for row in _read(table, condition, case_id)]


def _read(table: str, condition: str, case_id: int) -> Iterator[PlainRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " ORDER BY attnum",
            [table],
        )
        names = tuple(name for (name,) in cursor.fetchall())
        texts = ", ".join(f'"{name}"::text' for name in names)
        cursor.execute(f"SELECT {texts} FROM {table} WHERE {condition} ORDER BY 1", {"id": case_id})
        for values in cursor.fetchall():
            kept = [(name, value) for name, value in zip(names, values, strict=True) if name != "id"]
            yield PlainRow(table, tuple(name for name, _ in kept), tuple(value for _, value in kept))


class PlainWriter:
    """Writes copies of one case's rows with plain statements on a connection of its own.

    district: six digits with which its numbers begin.
    """

    def __init__(self, url: str, rows: Sequence[PlainRow], *, district: str) -> None:
        self._district = district
        self._link = psycopg.connect(url, autocommit=True, prepare_threshold=5)
        self._case = next(row for row in rows if row.table == "cases_case")
        self._others = [row for row in rows if row.table != "cases_case"]
        self._serials = count(1)

    def open(self) -> int:
        """Write one case with its rows, as opening one does; return its id."""
        number = f"{self._district}20260310{next(self._serials):05d}"
        with self._link.transaction():
            self._link.execute(
                "INSERT INTO cases_serial AS s (division_code, day, last) VALUES (%s, '2026-03-10', 1)"
                " ON CONFLICT (division_code, day) DO UPDATE SET last = s.last + 1",
                [self._district],
            )
            case = self._case.changed(number=number)
            found = self._link.execute(case.insert() + sql.SQL(" RETURNING id"), case.values).fetchone()
            assert found is not None
            for row in self._others:
                copy = row.changed(case_id=str(found[0]), target=f"cases.case:{found[0]}", token=number)
                self._link.execute(copy.insert(), copy.values)
            self._link.execute(
                "INSERT INTO cases_counterdelta (scope_keys, case_type_id, status, change) VALUES ('{*}', 1, 'open', 1)"
            )
        return int(found[0])

    def step(self, case_id: int, *, turn: int) -> None:
        """Change a case as a step does: the case is locked and changed, a task ends, another begins, history grows."""
        facts: dict[str, Any] = {"id": case_id, "token": f"{case_id}-{turn}"}
        task = next(row for row in self._others if row.table == "cases_task")
        history = [row for row in self._others if row.table in _HISTORY]
        with self._link.transaction():
            self._link.execute("SELECT * FROM cases_case WHERE id = %(id)s FOR NO KEY UPDATE", facts).fetchone()
            self._link.execute("SELECT * FROM cases_task WHERE case_id = %(id)s AND state = 'open'", facts).fetchall()
            self._link.execute(
                "UPDATE cases_case SET revision = revision + 1, workflow = workflow, stage_code = 'handle'"
                " WHERE id = %(id)s",
                facts,
            )
            self._link.execute(
                "UPDATE cases_task SET state = 'done', outcome = 'ok', ended_at = now() WHERE case_id = %(id)s"
                " AND state = 'open'",
                facts,
            )
            fresh = task.changed(case_id=str(case_id), token=facts["token"])
            self._link.execute(fresh.insert(), fresh.values)
            for row in history:
                copy = row.changed(case_id=str(case_id), target=f"cases.case:{case_id}")
                self._link.execute(copy.insert(), copy.values)

    def close(self) -> None:
        """Close the connection."""
        self._link.close()
