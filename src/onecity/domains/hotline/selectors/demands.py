"""Demands as an actor may see them."""

import re
from datetime import datetime, timedelta
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, QuerySet, TextField, Value

from onecity.domains.hotline.contracts import PastDemand
from onecity.domains.hotline.models import Demand
from onecity.domains.hotline.permissions import CASES_VIEW
from onecity.domains.hotline.rules.words import plain_number
from onecity.kernel.actor import Actor
from onecity.platform.identity.api import row_scope, search_hashes
from onecity.web.listing import Query
from onecity.web.paging import Count, Cursor, Page

MOST_PAST: Final = 20
COUNTED_UP_TO: Final = 10_000
NUMBER: Final = re.compile(r"\d{19}")


def seen_demands(actor: Actor) -> QuerySet[Demand]:
    """Return the demands that count for the actor: those of his organisations and divisions, and those they handle."""
    scope = row_scope(actor, CASES_VIEW)
    if scope.everything:
        return Demand.objects.all()
    return Demand.objects.filter(scope.q() | Q(handler_id__in=scope.organisation_ids))


def caller_key(phone: str) -> str:
    """Return what is hashed of a caller's number."""
    return f"hotline.caller:{plain_number(phone)}"


def past_of(actor: Actor, *, phone: str) -> list[PastDemand]:
    """Return a caller's earlier demands, newest first, as far as the actor may see them. phone: in clear; not kept."""
    if not plain_number(phone):
        return []
    return past_by_hash(actor, hashes=search_hashes(caller_key(phone)))


def past_by_hash(actor: Actor, *, hashes: list[str]) -> list[PastDemand]:
    """Return the earlier demands of whoever has one of these hashes, newest first."""
    rows = seen_demands(actor).filter(caller_hashed__in=hashes).order_by("-opened_at")[:MOST_PAST]
    return [PastDemand(row.number, row.title, row.kind, row.status, row.satisfaction, row.opened_at) for row in rows]


def demands(actor: Actor, *, query: Query) -> Page[Demand]:
    """Return a page of the pool, newest first, by the filters of `query` (names as on the page)."""
    rows = _filtered(seen_demands(actor), query)
    count = None if query.after else _counted(rows)
    if query.after:
        rows = rows.filter(_later(query.after))
    found = list(rows.select_related("handler").order_by("-opened_at", "-case_id")[: query.size + 1])
    last = found[query.size - 1] if len(found) > query.size else None
    return Page(found[: query.size], Cursor(last.opened_at, last.case_id) if last else None, count)


def _filtered(rows: QuerySet[Demand], query: Query) -> QuerySet[Demand]:
    given = query.filters
    for name, column in (("kind", "kind"), ("source", "source_code"), ("status", "status")):
        if given.get(name):
            rows = rows.filter(**{column: given[name]})
    if given.get("topic"):
        rows = rows.filter(topic_code__startswith=given["topic"][:2])
    since, until = query.instant("from"), query.instant("to")
    rows = rows.filter(opened_at__gte=since) if since else rows
    rows = rows.filter(opened_at__lt=until + timedelta(days=1)) if until else rows
    return found_by(rows, query.search) if query.search else rows


def found_by(rows: QuerySet[Demand], text: str) -> QuerySet[Demand]:
    """Return the demand of a number, or those that hold all the words (separated by blanks), in any case.

    Words of two characters and more are found by the index over pairs of characters; a single one is looked through.
    """
    if NUMBER.fullmatch(text):
        return rows.filter(number=text)
    for word in text.split():
        rows = rows.filter(words__icontains=word)
        if len(word) > 1:
            rows = rows.alias(pairs=_pairs(F("words"))).filter(pairs__contains=_pairs(Value(word)))
    return rows


def _pairs(text: F | Value) -> Func:
    """Return the pairs of neighbouring characters of a text, as the index of words has them."""
    return Func(text, function="geo_bigrams", output_field=ArrayField(TextField()))


def _later(after: Cursor) -> Q:
    return Q(opened_at__lt=after.at) | Q(opened_at=after.at, case_id__lt=after.id)


def _counted(rows: QuerySet[Demand]) -> Count:
    number = rows.order_by()[: COUNTED_UP_TO + 1].count()
    return Count(min(number, COUNTED_UP_TO), open_ended=number > COUNTED_UP_TO)


def demand_of(actor: Actor, number: str) -> Demand | None:
    """Return a demand that the actor may see."""
    return seen_demands(actor).filter(number=number).select_related("handler").first()


def lately_open(actor: Actor, *, since: datetime) -> QuerySet[Demand]:
    """Return the open demands taken in since an instant."""
    return seen_demands(actor).filter(status=Demand.Status.OPEN, opened_at__gte=since)
