"""Telling the people on duty."""

from datetime import datetime

from onecity.domains.emergency.models import DutyShift, Incident
from onecity.domains.emergency.permissions import REPORT
from onecity.domains.emergency.rules.codes import titled
from onecity.kernel.actor import Actor
from onecity.platform.identity.api import accounts_with_permission
from onecity.platform.messages.api import send


def tell_room(actor: Actor, *, incident: Incident, template: str, now: datetime, permission: str = REPORT) -> int:
    """Send a message about an incident to whoever is on duty, and to all who hold the right where nobody is.

    Returns how many got it. The template's places: number, title.
    """
    shift = DutyShift.objects.filter(
        organisation_id=incident.organisation_id, taken_at__isnull=False, handed_at__isnull=True
    ).first()
    if shift is not None and permission == REPORT:
        goals = [shift.officer_id, shift.leader_id]
    else:
        holders = accounts_with_permission(
            permission, organisation_id=incident.organisation_id, division_code=incident.division_code
        )
        goals = [item.id for item in holders]
    values = {"number": incident.number, "title": titled(incident.title, is_drill=incident.is_drill)}
    link = f"/emergency/incidents/{incident.number}"
    return send(actor, to=goals, template=template, params=values, link=link, now=now)
