"""Refused rows are mended or dropped by people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.models import RefusedRow
from onecity.platform.exchange.permissions import MEND_ROWS
from onecity.platform.exchange.services.flows.limits import limits_of_flow
from onecity.platform.exchange.services.flows.quarantine.keeping import MENDED, SEALED, Value, hidden, open_values
from onecity.platform.exchange.services.flows.quarantine.rechecking import judge
from onecity.platform.identity import api as identity

OPEN: Final = (RefusedRow.State.WAITING, RefusedRow.State.MENDED)
AT_ONCE: Final = 5_000


class RowIsSettled(Conflict):
    """The row was replayed or dropped, or is being replayed."""

    code = "exchange.row_is_settled"
    message = zh("该行已重放、作废或正在重放")


class StillBad(Invalid):
    """The mended row would be refused again."""

    code = "exchange.row_still_bad"
    message = zh("更正后的数据仍不合格：{reasons}")


def mend_row(actor: Actor, *, row_id: int, values: Mapping[str, str | None], now: datetime) -> None:
    """Keep mended values of a row; columns that are not given stay. An empty text of None is null. now: city time.

    Raises: NotFound; RowIsSettled; Invalid for a column that the row does not have; StillBad with every reason.
    """
    with transaction.atomic():
        row = _locked(actor, row_id)
        current = open_values(row)
        unknown = [name for name in values if name not in current]
        if unknown:
            raise Invalid(fields={unknown[0]: zh("该行没有这个字段")})
        changed: dict[str, Value] = {**current, **values}
        version = row.flow.published or row.run.version
        reasons = judge(version, [changed], limits=limits_of_flow(row.flow.grant_code)).get(0, ())
        if reasons:
            raise StillBad(params={"reasons": "；".join(text for _, text in reasons)})
        row.mended, row.mended_sealed = hidden(changed, version.sensitive, context=MENDED)
        row.state = RefusedRow.State.MENDED
        row.decided_at, row.decided_by = now, actor.key
        row.save()
        details = {"columns": sorted(values)}
        identity.record(actor, action="exchange.mend_row", target=f"exchange.refusedrow:{row_id}", details=details)


def drop_rows(actor: Actor, ids: Sequence[int], *, reason: str, now: datetime) -> int:
    """Lay rows aside for good; returns how many. Those that are settled or out of reach are left alone.

    Raises: Invalid without a reason or for too many at once.
    """
    if not reason.strip():
        raise Invalid(fields={"note": zh("请填写作废原因")})
    check_number(ids)
    with transaction.atomic():
        chosen = list(within_reach(actor, ids).filter(state__in=OPEN).values_list("id", flat=True))
        count = RefusedRow.objects.filter(id__in=chosen).update(
            state=RefusedRow.State.DROPPED, decided_at=now, decided_by=actor.key, note=reason.strip()[:200]
        )
        identity.record(
            actor, action="exchange.drop_rows", details={"count": count, "rows": chosen[:50], "reason": reason.strip()}
        )
    return count


def look_at_value(actor: Actor, *, row_id: int, column: str, reason: str) -> str:
    """Return a sensitive value in clear, leaving a trace of who looked and why.

    Raises: NotFound; ReasonNeeded.
    """
    row = within_reach(actor, [row_id]).first()
    if row is None or column not in row.run.version.sensitive:
        raise NotFound
    with transaction.atomic():
        mended = bytes(row.mended_sealed)
        context, sealed = (MENDED, mended) if mended else (SEALED, bytes(row.sealed))
        identity.look(actor, context=context, target=f"exchange.refusedrow:{row_id}", sealed=sealed, reason=reason)
        return str(open_values(row).get(column) or "")


def within_reach(actor: Actor, ids: Sequence[int]) -> QuerySet[RefusedRow]:
    """Return the rows of `ids` that the actor may handle, locked in the order of their ids."""
    scope = identity.row_scope(actor, MEND_ROWS)
    return RefusedRow.objects.select_for_update(of=("self",)).filter(scope.q(), id__in=list(ids)).order_by("id")


def check_number(ids: Sequence[int]) -> None:
    """Raises: Invalid for more rows than one transaction ought to hold."""
    if len(ids) > AT_ONCE:
        raise Invalid(zh("一次至多处理5000行"))


def _locked(actor: Actor, row_id: int) -> RefusedRow:
    row = within_reach(actor, [row_id]).select_related("flow", "run__version").first()
    if row is None:
        raise NotFound
    if row.state not in OPEN:
        raise RowIsSettled
    return row
