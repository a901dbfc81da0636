"""Taking an incident's row for a change, and who may."""

from onecity.domains.emergency.models import Incident
from onecity.domains.emergency.selectors.incidents import IncidentMissing
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope


class NotItsTurn(Conflict):
    """The incident does not stand where this may be done with it."""

    code = "incident_not_in_turn"
    message = zh("该事件当前状态不能进行此操作，请刷新后重试")


def locked(actor: Actor, *, number: str, permission: str, statuses: tuple[str, ...]) -> Incident:
    """Return the incident's row, locked until the transaction ends.

    Raises: NotPermitted without the right for this row; IncidentMissing; NotItsTurn in another status.
    """
    if not actor.may(permission):
        raise NotPermitted
    row = Incident.objects.select_for_update().filter(row_scope(actor, permission).q(), number=number).first()
    if row is None:
        raise IncidentMissing
    if row.status not in statuses:
        raise NotItsTurn
    return row


def facts_of(row: Incident) -> dict[str, object]:
    """Return what every event of this module says of an incident."""
    return {
        "incident_id": row.pk,
        "number": row.number,
        "kind_code": row.kind_id,
        "grade": row.grade,
        "is_drill": row.is_drill,
        "organisation_id": row.organisation_id,
        "division_code": row.division_code,
    }
