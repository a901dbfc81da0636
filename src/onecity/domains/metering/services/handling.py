"""Handling of abnormal use: taken up, closed with its result; grave ones open a case."""

from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.metering.models import Abnormality
from onecity.domains.metering.permissions import HANDLE
from onecity.domains.metering.process import INSPECTION, SOURCE
from onecity.domains.metering.rules.codes import ABNORMAL_NAMES
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.bus import Payload
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.api import CaseRefused, open_case
from onecity.platform.cases.contracts import NewCase
from onecity.platform.identity import api as identity

GRAVE: Final = frozenset({"critical", "major"})
ORIGIN: Final = "metering.abnormality:"
VISIT: Final = "visit"
_SYSTEM: Final = system_actor("metering")


class AlreadyClosed(Conflict):
    """The abnormality has been closed by somebody else."""

    code = "metering.abnormality_closed"
    message = zh("该异常已办结")


def take_up(actor: Actor, *, abnormality_id: int) -> None:
    """Note that somebody looks into it. Raises: NotFound; AlreadyClosed."""
    with transaction.atomic():
        row = _mine(actor, abnormality_id)
        row.state, row.handled_by = Abnormality.State.HANDLING, actor.key
        row.save(update_fields=["state", "handled_by"])
        identity.record(actor, action="metering.take_up_abnormality", target=f"metering.abnormality:{row.id}")


def close(actor: Actor, *, abnormality_id: int, result: str, note: str, now: datetime) -> None:
    """Close it with its result. now: city time. Raises: NotFound; AlreadyClosed; Invalid naming the field."""
    if result not in Abnormality.Result.values:
        raise Invalid(fields={"result": zh("请选择处理结果")})
    with transaction.atomic():
        row = _mine(actor, abnormality_id)
        row.state, row.result, row.note = Abnormality.State.CLOSED, result, note[:400]
        row.handled_by, row.closed_at = actor.key, now
        row.save(update_fields=["state", "result", "note", "handled_by", "closed_at"])
        details = {"result": result}
        identity.record(
            actor, action="metering.close_abnormality", target=f"metering.abnormality:{row.id}", details=details
        )


def open_case_of(payload: Payload, *, now: datetime) -> None:
    """Open the case of grave abnormal use; told again it finds the one it opened.

    payload: of `metering.abnormality_found`. now: city time. Lighter ones stay in the list. Without a division no case
    can be opened; then the list alone holds it.
    """
    if payload["severity"] not in GRAVE:
        return
    with transaction.atomic():
        row = (
            Abnormality.objects.select_for_update().select_related("meter").get(id=int(str(payload["abnormality_id"])))
        )
        if row.case_id is not None or row.state == Abnormality.State.CLOSED:
            return
        meter = row.meter
        new = NewCase(
            type_code=INSPECTION,
            title=f"{ABNORMAL_NAMES[row.kind]}：{meter.name}"[:120],
            organisation_id=row.organisation_id,
            description=f"{meter.key} {meter.address}",
            source_code=SOURCE.code,
            urgency=1 if row.severity == "critical" else 0,
            division_code=row.division_code,
            location=(meter.location.x, meter.location.y) if meter.location else None,
            address=meter.address,
            origin=f"{ORIGIN}{row.id}",
        )
        try:
            with transaction.atomic():
                opened = open_case(_SYSTEM, new=new, now=now)
        except CaseRefused:
            return
        row.case_id, row.case_number, row.state = opened.id, opened.number, Abnormality.State.HANDLING
        row.save(update_fields=["case_id", "case_number", "state"])


def note_result(payload: Payload) -> None:
    """Note what the visit found. payload: of `cases.task_completed`."""
    if (
        payload["type_code"] == INSPECTION
        and payload["node"] == VISIT
        and payload["outcome"] in Abnormality.Result.values
    ):
        rows = Abnormality.objects.filter(case_id=int(str(payload["case_id"])))
        rows.exclude(state=Abnormality.State.CLOSED).update(result=payload["outcome"])


def close_with_case(payload: Payload, *, now: datetime) -> None:
    """Close what the closed case was about. payload: of `cases.case_closed`. now: city time."""
    if payload["type_code"] == INSPECTION:
        rows = Abnormality.objects.filter(case_id=int(str(payload["case_id"]))).exclude(state=Abnormality.State.CLOSED)
        rows.update(state=Abnormality.State.CLOSED, closed_at=now)


def _mine(actor: Actor, abnormality_id: int) -> Abnormality:
    scope = identity.row_scope(actor, HANDLE)
    row = Abnormality.objects.select_for_update().filter(scope.q(), id=abnormality_id).first()
    if row is None:
        raise NotFound(zh("没有这条异常记录"))
    if row.state == Abnormality.State.CLOSED:
        raise AlreadyClosed
    return row
