"""Looking up who used one person's data: itself recorded."""

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.identifiers.fault import InvalidIdentifier
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.sharing import SubjectUse
from onecity.platform.exchange.permissions import VIEW_USES
from onecity.platform.exchange.rules.sharing.identifiers import subject_of
from onecity.platform.exchange.selectors.sharing.uses import uses_by_identifier
from onecity.platform.exchange.services.sharing.querying import SHORTEST_REASON, ReasonTooShort
from onecity.platform.identity.api import record, search_hash


def look_at_uses(actor: Actor, *, identifier: str, kind: str, reason: str) -> list[SubjectUse]:
    """Return what was done with one subject's data, newest first; the look leaves a trace with its reason.

    kind: citizen_id or uscc.
    Raises: NotPermitted for whoever does not audit the whole city; ReasonTooShort; Invalid for a bad identifier.
    """
    if EVERYTHING not in actor.scopes(VIEW_USES):
        raise NotPermitted
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonTooShort(params={"count": SHORTEST_REASON}, fields={"reason": zh("请写明查询事由")})
    try:
        subject = subject_of(identifier, kind=kind)
    except InvalidIdentifier as error:
        raise Invalid(fields={"identifier": error.sentence()}) from None
    except ValueError:
        raise Invalid(fields={"kind": zh("没有这种对象标识")}) from None
    record(
        actor,
        action="exchange.look_at_uses",
        target=f"exchange.subject:{search_hash(subject)[:16]}",
        details={"reason": reason.strip()[:200]},
    )
    return uses_by_identifier(subject)
