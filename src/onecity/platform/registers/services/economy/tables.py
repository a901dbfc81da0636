"""Taking in a whole statistical table, and withdrawing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from onecity.kernel import bus
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.registers.contracts.economy import NewValue, Taken
from onecity.platform.registers.events import ECONOMY_TABLE_TAKEN, ECONOMY_TABLE_WITHDRAWN
from onecity.platform.registers.models import EconomicTable
from onecity.platform.registers.permissions import MAINTAIN_ECONOMY
from onecity.platform.registers.selectors.economy import may_maintain
from onecity.platform.registers.services.economy.values import Publication, record_values

SHORTEST_REASON: Final = 4

_SET_ASIDE: Final = """
    UPDATE registers_economicvalue SET withdrawn_at = %s, is_current = false
    WHERE table_id = %s AND withdrawn_at IS NULL
"""
_STAND_AGAIN: Final = """
    UPDATE registers_economicvalue SET is_current = true WHERE id IN (
        SELECT DISTINCT ON (v.series_id, v.division_code, v.period_kind, v.period_year, v.period_number) v.id
        FROM registers_economicvalue v
        JOIN registers_economicvalue gone USING (series_id, division_code, period_kind, period_year, period_number)
        WHERE gone.table_id = %s AND v.withdrawn_at IS NULL
        ORDER BY v.series_id, v.division_code, v.period_kind, v.period_year, v.period_number, v.published_on DESC,
                 array_position(ARRAY['final', 'revised', 'preliminary'], v.stage::text), v.id DESC
    ) AND NOT is_current
"""
_STAND_DOWN: Final = """
    UPDATE registers_economicvalue v SET is_current = false FROM registers_economicvalue gone
    WHERE gone.table_id = %s AND v.is_current AND v.series_id = gone.series_id AND v.division_code = gone.division_code
      AND v.period_kind = gone.period_kind AND v.period_year = gone.period_year AND v.period_number = gone.period_number
"""


class TakenBefore(Conflict):
    """The same table has been taken in and counts."""

    code = "registers.table_taken_before"
    message = zh("这张表已经导入过（{title}），内容完全相同")


class AlreadyWithdrawn(Conflict):
    """The table does not count any more."""

    code = "registers.table_withdrawn"
    message = zh("这张表已经撤销")


@dataclass(frozen=True, slots=True)
class NewTable:
    """A table to be taken in. digest: SM3 of its contents, hexadecimal."""

    title: str
    filename: str
    digest: str
    organisation_id: int
    publication: Publication
    is_made_up: bool = False


def take_table(actor: Actor, *, new: NewTable, values: Sequence[NewValue], now: datetime) -> Taken:
    """Take in a table, whole or not at all.

    Raises: NotPermitted; TakenBefore; Invalid without values, and what `record_values` raises.
    """
    if not values:
        raise Invalid(zh("表中没有可以入库的数值"))
    if not may_maintain(actor, permission=MAINTAIN_ECONOMY, organisation_id=new.organisation_id):
        raise NotPermitted
    with transaction.atomic():
        _lock(new.digest)
        earlier = EconomicTable.objects.filter(digest=new.digest, state=EconomicTable.State.TAKEN).first()
        if earlier is not None:
            raise TakenBefore(params={"title": earlier.title})
        row = EconomicTable.objects.create(
            title=new.title[:200],
            filename=new.filename[:200],
            digest=new.digest,
            stage=new.publication.stage,
            published_on=new.publication.published_on,
            organisation_id=new.organisation_id,
            is_made_up=new.is_made_up,
            taken_by=actor.key[:60],
            created_at=now,
        )
        publication = Publication(new.publication.published_on, new.publication.stage, row.id)
        row.values_taken, row.values_unchanged = record_values(actor, values=values, publication=publication, now=now)
        row.save(update_fields=["values_taken", "values_unchanged"])
        identity.record(
            actor,
            action="registers.take_economic_table",
            target=f"registers.economictable:{row.id}",
            details={"taken": row.values_taken, "unchanged": row.values_unchanged, "digest": new.digest},
        )
        bus.announce(
            ECONOMY_TABLE_TAKEN, table_id=row.id, series=sorted({item.series for item in values}), at=now.isoformat()
        )
    return Taken(row.id, row.values_taken, row.values_unchanged)


def withdraw_table(actor: Actor, *, table_id: int, reason: str, now: datetime) -> None:
    """Withdraw a table: its values stay on record and no longer count; what stood before stands again.

    Raises: NotPermitted; NotFound; AlreadyWithdrawn; Invalid without a reason.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(fields={"reason": zh("请写明撤销原因")})
    with transaction.atomic():
        row = EconomicTable.objects.select_for_update().filter(id=table_id).first()
        if row is None:
            raise NotFound
        if not may_maintain(actor, permission=MAINTAIN_ECONOMY, organisation_id=row.organisation_id):
            raise NotPermitted
        if row.state == EconomicTable.State.WITHDRAWN:
            raise AlreadyWithdrawn
        row.state, row.withdrawn_by, row.withdrawn_at = EconomicTable.State.WITHDRAWN, actor.key[:60], now
        row.withdrawal_reason = reason.strip()[:200]
        row.save()
        _set_aside(table_id, now=now)
        identity.record(actor, action="registers.withdraw_economic_table", target=f"registers.economictable:{table_id}")
        bus.announce(ECONOMY_TABLE_WITHDRAWN, table_id=table_id, at=now.isoformat())


def _lock(digest: str) -> None:
    """Have one table of these contents taken in at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"registers.economictable {digest}"])


def _set_aside(table_id: int, *, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET_ASIDE, [now, table_id])
        cursor.execute(_STAND_DOWN, [table_id])
        cursor.execute(_STAND_AGAIN, [table_id])
