"""Handling of exceedances: taken up, written about, closed with a result; joined with alarms and cases."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.environment.models import Excess, ExcessNote, Outlet
from onecity.domains.environment.permissions import HANDLE_EXCESS
from onecity.domains.environment.rules.outlets.codes import FACTOR_OF_SHARE, TYPES
from onecity.domains.environment.rules.outlets.judging import Span
from onecity.domains.environment.rules.times import day_of
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.bus import Payload
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity

ORIGIN: Final = "iot.alarm:"
_SYSTEM: Final = system_actor("environment")
_LONGEST: Final = 400
_OVER: Final = frozenset({Excess.State.CLOSED.value, Excess.State.WITHDRAWN.value})


class ExcessOver(Conflict):
    """The exceedance has been closed or taken back."""

    code = "environment.excess_over"
    message = zh("该超标记录已办结或已撤销")


def take_up(actor: Actor, *, excess_id: int) -> None:
    """Note that somebody looks into it. Raises: NotFound; ExcessOver."""
    with transaction.atomic():
        row = _mine(actor, excess_id)
        row.state, row.handled_by = Excess.State.HANDLING, actor.key
        row.save(update_fields=["state", "handled_by"])
        identity.record(actor, action="environment.take_up_excess", target=f"environment.excess:{row.id}")


def add_note(actor: Actor, *, excess_id: int, text: str, now: datetime) -> None:
    """Write what was found or done; closed ones can be written about too. now: city time. Raises: NotFound; Invalid."""
    with transaction.atomic():
        row = _mine(actor, excess_id, also_over=True)
        _write(row, actor, text=_text(text), now=now)
        identity.record(actor, action="environment.note_excess", target=f"environment.excess:{row.id}")


def close(actor: Actor, *, excess_id: int, result: str, text: str, now: datetime) -> None:
    """Close it with its result and a note. now: city time. Raises: NotFound; ExcessOver; Invalid naming the field."""
    if result not in Excess.Result.values:
        raise Invalid(fields={"result": zh("请选择核实结果")})
    with transaction.atomic():
        row = _mine(actor, excess_id)
        row.state, row.result = Excess.State.CLOSED, result
        row.handled_by, row.closed_at = actor.key, now
        row.save(update_fields=["state", "result", "handled_by", "closed_at"])
        _write(row, actor, text=_text(text), now=now)
        details = {"result": result}
        identity.record(
            actor, action="environment.close_excess", target=f"environment.excess:{row.id}", details=details
        )


def link_alarm(payload: Payload) -> None:
    """Join an exceedance with the alarm that it raised. payload: of `iot.alarm_raised`; it may run twice."""
    factor = FACTOR_OF_SHARE.get(str(payload["property_code"]))
    if payload["device_type"] not in TYPES or factor is None:
        return
    outlet = Outlet.objects.filter(device_id=int(str(payload["device_id"]))).first()
    day = day_of(datetime.fromisoformat(str(payload["at"])))
    if outlet is not None:
        rows = Excess.objects.filter(outlet=outlet, factor=factor, span=Span.HOUR, date=day, alarm_id__isnull=True)
        rows.update(alarm_id=int(str(payload["alarm_id"])))


def link_case(payload: Payload) -> None:
    """Join exceedances with the case that their alarm opened. payload: of `cases.case_opened`; it may run twice."""
    origin = str(payload["origin"])
    if not origin.startswith(ORIGIN) or not origin.removeprefix(ORIGIN).isdigit():
        return
    rows = Excess.objects.filter(alarm_id=int(origin.removeprefix(ORIGIN)), case_id__isnull=True)
    rows.update(case_id=int(str(payload["case_id"])), case_number=str(payload["number"]))
    rows = Excess.objects.filter(case_id=int(str(payload["case_id"])), state=Excess.State.OPEN)
    rows.update(state=Excess.State.HANDLING)


def note_case_closed(payload: Payload, *, now: datetime) -> None:
    """Write that the case of an exceedance is closed, once. payload: of `cases.case_closed`. now: city time."""
    text = zh("案件已办结，请据此填写核实结果。")
    for row in Excess.objects.filter(case_id=int(str(payload["case_id"]))):
        if not ExcessNote.objects.filter(excess=row, text=text).exists():
            _write(row, _SYSTEM, text=text, now=now)


def _text(text: str) -> str:
    if not text.strip():
        raise Invalid(fields={"text": zh("请填写处理说明")})
    return text.strip()[:_LONGEST]


def _write(row: Excess, actor: Actor, *, text: str, now: datetime) -> None:
    name = actor.name[:60] if actor.kind == "account" else ""
    ExcessNote.objects.create(excess=row, text=text, author=actor.key, author_name=name, at=now)


def _mine(actor: Actor, excess_id: int, *, also_over: bool = False) -> Excess:
    scope = identity.row_scope(actor, HANDLE_EXCESS)
    row = Excess.objects.select_for_update().filter(scope.q(), id=excess_id).first()
    if row is None:
        raise NotFound(zh("没有这条超标记录"))
    if row.state in _OVER and not also_over:
        raise ExcessOver
    return row
