"""Saving and removing one's own filters. They are no record of the city's work: the audit tells that, not of what."""

from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.models import SavedFilter
from onecity.platform.cases.rules.filters import check_name, kept_query
from onecity.platform.identity.api import record


def save_filter(actor: Actor, *, place: str, name: str, query: str, now: datetime) -> str:
    """Keep a filter of a list; one of the same name is replaced. Returns the query as it is kept.

    query: of the list's address. now: city time.
    Raises: NotPermitted for who is no account; FilterRefused.
    """
    owner, kept = actor.account_id, kept_query(place, query)
    with transaction.atomic():
        mine = SavedFilter.objects.select_for_update().filter(account_id=owner, place=place)
        text = check_name(name, kept=len([row for row in mine if row.name != name.strip()]))
        row, _ = SavedFilter.objects.update_or_create(
            account_id=owner, place=place, name=text, defaults={"query": kept, "created_at": now}
        )
        record(actor, action="cases.save_filter", target=f"cases.savedfilter:{row.id}")
    return kept


def remove_filter(actor: Actor, *, filter_id: int) -> str:
    """Remove one's own filter; returns the list that it belonged to.

    Raises: NotPermitted; NotFound, also for somebody else's.
    """
    with transaction.atomic():
        row = SavedFilter.objects.select_for_update().filter(id=filter_id, account_id=actor.account_id).first()
        if row is None:
            raise NotFound(zh("没有这个常用筛选"))
        record(actor, action="cases.remove_filter", target=f"cases.savedfilter:{row.id}")
        row.delete()
    return row.place
