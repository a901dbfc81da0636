"""Tells those who handle alarms of new ones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from onecity.kernel.actor import system_actor
from onecity.platform.identity import api as identity
from onecity.platform.iot.declare import Severity
from onecity.platform.iot.permissions import HANDLE_ALARMS
from onecity.platform.messages import api as messages

TEMPLATE: Final = "iot.alarm_raised"
TOLD: Final = frozenset({Severity.CRITICAL.value, Severity.MAJOR.value})


def tell_of_alarm(payload: Mapping[str, object], *, now: datetime) -> int:
    """Send a grave alarm to everybody who handles alarms where it stands; returns how many got it.

    payload: of `events.ALARM_RAISED`. now: city time.
    """
    if payload["severity"] not in TOLD:
        return 0
    organisation, division = payload["organisation_id"], payload["division_code"]
    assert isinstance(organisation, int)
    found = identity.accounts_with_permission(HANDLE_ALARMS, organisation_id=organisation, division_code=str(division))
    return messages.send(
        system_actor("iot"),
        to=[item.id for item in found],
        template=TEMPLATE,
        params={"device": str(payload["device_name"]), "text": str(payload["text"])},
        link=f"/iot/alarms/{payload['alarm_id']}",
        now=now,
    )
