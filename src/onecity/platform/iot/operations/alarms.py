"""Alarms."""

from django.http import HttpRequest
from ninja import Query

from onecity.kernel import clock
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.declare import SEVERITY_NAMES
from onecity.platform.iot.operations.calling import actor_of, aware
from onecity.platform.iot.operations.routing import router
from onecity.platform.iot.operations.schemas import AlarmOut, AlarmPage, AlarmsIn, NoteIn, alarm_out
from onecity.platform.iot.permissions import HANDLE_ALARMS, VIEW_ALARMS
from onecity.platform.iot.selectors.alarms import STATES, AlarmQuery, alarm, alarms
from onecity.platform.iot.selectors.devices import device_by_key
from onecity.platform.iot.services.alarms import acknowledge
from onecity.web.api import needs
from onecity.web.paging import Cursor


@router.get("/alarms", response=AlarmPage, auth=needs(VIEW_ALARMS), summary=zh("物联告警"))
def list_alarms(request: HttpRequest, asked: Query[AlarmsIn]) -> AlarmPage:
    """Return the alarms that the caller may see."""
    if asked.state and asked.state not in STATES:
        raise Invalid(fields={"state": zh("没有这个选项")})
    if asked.severity and asked.severity not in SEVERITY_NAMES:
        raise Invalid(fields={"severity": zh("没有这个选项")})
    actor = actor_of(request)
    device_id = device_by_key(actor, asked.device, permission=VIEW_ALARMS).id if asked.device else None
    query = AlarmQuery(
        state=asked.state,
        severity=asked.severity,
        device_id=device_id,
        since=aware("since", asked.since),
        until=aware("until", asked.until),
        after=Cursor.decode(asked.after),
        size=asked.size,
    )
    page = alarms(actor, query)
    return AlarmPage(items=[alarm_out(item) for item in page.rows], next=page.next.encode() if page.next else None)


@router.get("/alarms/{alarm_id}", response=AlarmOut, auth=needs(VIEW_ALARMS), summary=zh("一条告警"))
def one_alarm(request: HttpRequest, alarm_id: int) -> AlarmOut:
    """Return one alarm."""
    return alarm_out(alarm(actor_of(request), alarm_id))


@router.post("/alarms/{alarm_id}/acknowledge", response=AlarmOut, auth=needs(HANDLE_ALARMS), summary=zh("确认告警"))
def take_notice(request: HttpRequest, alarm_id: int, given: NoteIn) -> AlarmOut:
    """Take notice of an alarm; a second time is a conflict."""
    actor = actor_of(request)
    acknowledge(actor, alarm_id=alarm_id, note=given.note, now=clock.city_now())
    return alarm_out(alarm(actor, alarm_id, permission=HANDLE_ALARMS))
