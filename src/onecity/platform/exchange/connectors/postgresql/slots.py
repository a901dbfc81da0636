"""What a source keeps for one flow: a publication of the table and a replication slot with the place of the reader."""

import hashlib
from dataclasses import dataclass
from typing import Final

from psycopg import sql

from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.pgoutput import lsn, lsn_text
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.postgresql.links import translated
from onecity.platform.exchange.connectors.postgresql.shapes import Link, PgTable

PLUGIN: Final = "pgoutput"


class SlotLost(NotUnderstood):
    """The changes since the last run are not to be had any more; only a new full copy helps."""

    code = "exchange.slot_lost"
    message = zh("来源库已不再保留上次之后的变更（{reason}），请重新做一次全量")


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot by its name; the publication is named alike for all flows from one table."""

    name: str
    publication: str


def slot_of(table: PgTable, *, reader: str) -> Slot:
    """Return the names for a reader of a table."""
    digest = hashlib.sha256(f"{table.schema}.{table.name}".encode()).hexdigest()[:16]
    return Slot(f"onecity_{reader or digest}", f"onecity_{digest}")


def make_slot(link: Link, slot: Slot, table: PgTable) -> int:
    """Make publication and slot; a slot of this name that nobody goes on from goes first. Return where it begins.

    Raises: NotUnderstood where the server does not write logical changes, or the account may not do this; Unreachable.
    """
    with translated():
        if link.execute("SELECT 1 FROM pg_publication WHERE pubname = %s", [slot.publication]).fetchone() is None:
            link.execute(
                sql.SQL("CREATE PUBLICATION {} FOR TABLE {}").format(sql.Identifier(slot.publication), table.identifier)
            )
        link.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s", [slot.name]
        )
        row = link.execute(
            "SELECT lsn::text FROM pg_create_logical_replication_slot(%s, %s)", [slot.name, PLUGIN]
        ).fetchone()
    return lsn(str(row[0] if row else "0/0"))


def check_slot(link: Link, slot: Slot, *, since: int) -> None:
    """Raises: SlotLost unless every change after `since` is still kept; Unreachable."""
    with translated():
        row = link.execute(
            "SELECT confirmed_flush_lsn::text, wal_status FROM pg_replication_slots WHERE slot_name = %s", [slot.name]
        ).fetchone()
    if row is None:
        raise SlotLost(params={"reason": zh("复制槽已被删除")})
    if row[0] is None or row[1] == "lost":
        raise SlotLost(params={"reason": zh("日志已被清理")})
    if lsn(str(row[0])) > since:
        raise SlotLost(params={"reason": zh("复制槽已前移")})


def advance(link: Link, slot: Slot, *, to: int) -> None:
    """Let the source forget changes up to a place. Raises: Unreachable, NotUnderstood."""
    with translated():
        link.execute(
            "SELECT pg_replication_slot_advance(slot_name, %s) FROM pg_replication_slots WHERE slot_name = %s"
            " AND confirmed_flush_lsn < %s",
            [lsn_text(to), slot.name, lsn_text(to)],
        )


def drop_slot(link: Link, slot: Slot) -> None:
    """Take a slot away, so that the source keeps nothing for it any more. Raises: Unreachable, NotUnderstood."""
    with translated():
        link.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s", [slot.name]
        )


def written_up_to(link: Link) -> int:
    """Return up to where the server's log is safe on disk."""
    with translated():
        row = link.execute("SELECT pg_current_wal_flush_lsn()::text").fetchone()
    return lsn(str(row[0] if row else "0/0"))
