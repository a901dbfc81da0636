"""A person's own filters."""

from onecity.kernel.actor import Actor
from onecity.platform.cases.contracts import FilterInfo
from onecity.platform.cases.models import SavedFilter


def saved_filters(actor: Actor, place: str) -> list[FilterInfo]:
    """Return the filters of a list that an account has kept, by name; none for who is no account."""
    if actor.kind != "account" or actor.id is None:
        return []
    rows = SavedFilter.objects.filter(account_id=actor.id, place=place).order_by("name")
    return [FilterInfo(row.id, row.name, row.query) for row in rows]
