"""How far a run is, kept in the target's own database so that no crash can part it from the rows."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

from psycopg import sql

from onecity.platform.exchange.connectors.postgresql.shapes import Link
from onecity.platform.exchange.contracts.outcomes import Counts

SCHEMA: Final = "onecity_exchange"
KEPT_DAYS: Final = 90
# The row of a stage without log lies in a table without log: after a crash of the server both are empty, and the run
# begins again; whether a run has been applied is always logged.
_TABLES: Final = """
CREATE SCHEMA IF NOT EXISTS onecity_exchange;
CREATE TABLE IF NOT EXISTS onecity_exchange.progress (
  run text, part integer, block integer NOT NULL, after jsonb, superseded jsonb NOT NULL DEFAULT '{}',
  changed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run, part));
CREATE UNLOGGED TABLE IF NOT EXISTS onecity_exchange.progress_unlogged (
  run text, part integer, block integer NOT NULL, after jsonb, superseded jsonb NOT NULL DEFAULT '{}',
  changed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run, part));
CREATE TABLE IF NOT EXISTS onecity_exchange.applied (
  run text PRIMARY KEY, counts jsonb NOT NULL, sums jsonb NOT NULL, after jsonb NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now())"""
_NO_SUCH_TABLE: Final = "SELECT to_regclass('onecity_exchange.applied') IS NULL"


@dataclass(slots=True)
class Step:
    """What has landed of a part. superseded: column → sum of rows that later ones of the run replaced on the stage;
    rows: their number."""

    block: int = 0
    after: Mapping[str, str | int | float | None] | None = None
    superseded: dict[str, str] = field(default_factory=dict)
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Applied:
    """A run whose rows are the target's. after: part → what its last block left."""

    counts: Counts
    sums: dict[str, str]
    after: dict[str, dict[str, str | int | float | None]] = field(default_factory=dict)


class Progress:
    """The rows of one run's part."""

    def __init__(self, link: Link, *, run: str, part: int, logged: bool) -> None:
        self._link, self._run, self._part = link, run, part
        self._table = sql.Identifier(SCHEMA, "progress" if logged else "progress_unlogged")

    def make_tables(self) -> None:
        """Make the tables if there are none; forget runs of long ago."""
        row = self._link.execute(_NO_SUCH_TABLE).fetchone()
        if row is not None and row[0]:
            self._link.execute(_TABLES)
        for table, column in (
            ("progress", "changed_at"),
            ("progress_unlogged", "changed_at"),
            ("applied", "applied_at"),
        ):
            self._link.execute(
                sql.SQL("DELETE FROM {} WHERE {} < now() - make_interval(days => %s)").format(
                    sql.Identifier(SCHEMA, table), sql.Identifier(column)
                ),
                [KEPT_DAYS],
            )

    def step(self) -> Step:
        """Return what has landed, after any transaction under way has ended."""
        row = self._link.execute(
            sql.SQL(
                "SELECT block, after::text, superseded::text FROM {} WHERE run = %s AND part = %s FOR UPDATE"
            ).format(self._table),
            [self._run, self._part],
        ).fetchone()
        if row is None:
            return Step()
        superseded = json.loads(str(row[2]))
        rows = int(superseded.pop("", 0))
        return Step(int(str(row[0])), json.loads(str(row[1])), superseded, rows)

    def note(self, step: Step) -> None:
        """Put what has landed beside the rows, in their transaction."""
        self._link.execute(
            sql.SQL(
                "INSERT INTO {} (run, part, block, after, superseded) VALUES (%s, %s, %s, %s, %s)"
                " ON CONFLICT (run, part) DO UPDATE SET block = EXCLUDED.block, after = EXCLUDED.after,"
                " superseded = EXCLUDED.superseded,"
                " changed_at = now()"
            ).format(self._table),
            [self._run, self._part, step.block, json.dumps(step.after), json.dumps(step.superseded | {"": step.rows})],
        )

    def superseded(self) -> list[Step]:
        """Return what every part of the run has replaced on the stage."""
        rows = self._link.execute(
            sql.SQL("SELECT superseded::text FROM {} WHERE run = %s").format(self._table), [self._run]
        ).fetchall()
        found = []
        for (text,) in rows:
            sums = json.loads(str(text))
            count = int(sums.pop("", 0))
            found.append(Step(superseded=sums, rows=count))
        return found

    def every_after(self) -> dict[str, dict[str, str | int | float | None]]:
        """Return what the last block of every part left."""
        rows = self._link.execute(
            sql.SQL("SELECT part, after::text FROM {} WHERE run = %s").format(self._table), [self._run]
        ).fetchall()
        return {str(part): json.loads(str(after)) for part, after in rows}

    def forget(self) -> None:
        """Take every part's row away."""
        self._link.execute(sql.SQL("DELETE FROM {} WHERE run = %s").format(self._table), [self._run])

    def applied(self) -> Applied | None:
        """Return what a run came to, or None where it has not been applied."""
        row = self._link.execute(
            "SELECT counts::text, sums::text, after::text FROM onecity_exchange.applied WHERE run = %s", [self._run]
        ).fetchone()
        if row is None:
            return None
        return Applied(Counts(**json.loads(str(row[0]))), json.loads(str(row[1])), json.loads(str(row[2])))

    def note_applied(self, applied: Applied) -> None:
        """Put what the run came to beside the target's change, in its transaction."""
        self._link.execute(
            "INSERT INTO onecity_exchange.applied (run, counts, sums, after) VALUES (%s, %s, %s, %s)",
            [self._run, *(json.dumps(one) for one in (asdict(applied.counts), applied.sums, applied.after))],
        )
