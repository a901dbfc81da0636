"""Adding lines to an incident's timeline."""

from datetime import datetime

from onecity.domains.emergency.models import Incident, TimelineEntry
from onecity.kernel.actor import Actor

LONGEST = 600


def add_line(actor: Actor, *, incident: Incident, kind: str, text: str, at: datetime) -> None:
    """Add a line, in the caller's transaction. kind: of `rules.timeline.KINDS`. at: city time."""
    account = actor.id if actor.kind == "account" else None
    TimelineEntry.objects.create(incident=incident, at=at, kind=kind, text=text[:LONGEST], account_id=account)
