"""Notes that people add to an alarm."""

from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import AlarmStep
from onecity.platform.iot.permissions import HANDLE_ALARMS
from onecity.platform.iot.selectors.alarms import alarm


def add_note(actor: Actor, *, alarm_id: int, text: str, now: datetime) -> None:
    """Add a note to an alarm's history. now: city time. Raises: NotFound; Invalid without a text."""
    alarm(actor, alarm_id, permission=HANDLE_ALARMS)
    if not text.strip():
        raise Invalid(fields={"text": zh("请填写备注内容")})
    with transaction.atomic():
        AlarmStep.objects.create(
            alarm_id=alarm_id, kind=AlarmStep.Kind.NOTED, text=text.strip()[:300], by=actor.name[:60], at=now
        )
        identity.record(actor, action="iot.note_alarm", target=f"iot.alarm:{alarm_id}")
