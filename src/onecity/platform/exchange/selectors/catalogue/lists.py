"""Lists of the catalogue: what is published for everybody in government, what is open for all, what is one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, QuerySet, TextField, Value

from onecity.kernel.actor import Actor
from onecity.platform.exchange.contracts.catalogue import EntryRow
from onecity.platform.exchange.models import CatalogueCount, Dataset
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE, REVIEW_CATALOGUE
from onecity.platform.exchange.selectors.catalogue.classes import class_names
from onecity.platform.exchange.selectors.catalogue.providers import provider_names
from onecity.platform.identity import api as identity
from onecity.web.keyset import counted, page_of
from onecity.web.paging import PAGE_SIZE, Count, Cursor, Page

_FACETS: Final = {
    "class_code": "class",
    "organisation_id": "provider",
    "sharing_type": "sharing",
    "open_type": "open",
    "update_cycle": "cycle",
}


@dataclass(frozen=True, slots=True)
class EntryQuery:
    """What a list of entries is asked for; empty texts and 0 ask for nothing. class_code: a class and all below it."""

    search: str = ""
    class_code: str = ""
    organisation_id: int = 0
    sharing_type: str = ""
    open_type: str = ""
    update_cycle: str = ""
    state: str = ""
    after: Cursor | None = None
    size: int = PAGE_SIZE


def published_entries(query: EntryQuery) -> Page[EntryRow]:
    """Return published entries, newest first; the caller has checked that the actor belongs to the government."""
    return _page(Dataset.objects.filter(state=Dataset.State.PUBLISHED), query, audience="staff")


def open_entries(query: EntryQuery) -> Page[EntryRow]:
    """Return published entries that are open to society, newest first; for everybody."""
    rows = Dataset.objects.filter(state=Dataset.State.PUBLISHED).exclude(open_type="none")
    return _page(rows, query, audience="public")


def open_datasets(*, after: Cursor | None = None, size: int = PAGE_SIZE) -> Page[Dataset]:
    """Return open datasets with their version and provider, newest first; for writing them out."""
    rows = Dataset.objects.filter(state=Dataset.State.PUBLISHED).exclude(open_type="none")
    return page_of(rows.select_related("version", "organisation"), after=after, size=size)


def own_entries(actor: Actor, query: EntryQuery) -> Page[EntryRow]:
    """Return the entries of the bodies for which the actor compiles or reviews, in whatever state."""
    scope = identity.row_scope(actor, COMPILE_CATALOGUE).q(division="organisation__division_code")
    scope |= identity.row_scope(actor, REVIEW_CATALOGUE).q(division="organisation__division_code")
    return _page(Dataset.objects.filter(scope), query, audience="")


def counts(audience: str, *, facet: str) -> dict[str, int]:
    """Return how many published entries have each value of a facet; audience: `staff` or `public`."""
    rows = CatalogueCount.objects.filter(audience=audience, facet=facet, number__gt=0)
    return dict(rows.values_list("value", "number"))


def entry_row(row: Dataset, *, names: Mapping[str, str], providers: Mapping[int, str]) -> EntryRow:
    """Return an entry as lists show it."""
    return EntryRow(
        id=row.id,
        code=row.code,
        resource_code=row.resource_code,
        title=row.title,
        class_code=row.class_code,
        class_name=names.get(row.class_code, row.class_code),
        organisation_id=row.organisation_id,
        provider=providers.get(row.organisation_id, ""),
        sharing_type=row.sharing_type,
        open_type=row.open_type,
        update_cycle=row.update_cycle,
        state=row.state,
        declared=row.declared,
        created_at=row.created_at,
        published_at=row.published_at,
        last_data_at=row.last_data_at,
        next_data_at=row.next_data_at,
    )


def overdue_entries(query: EntryQuery, *, now: datetime) -> Page[EntryRow]:
    """Return published entries whose newer data are due and have not come, the longest overdue first.

    now: city time.
    """
    rows = Dataset.objects.filter(state=Dataset.State.PUBLISHED, next_data_at__lt=now)
    if query.organisation_id:
        rows = rows.filter(organisation_id=query.organisation_id)
    count = counted(rows)
    if query.after:
        rows = rows.filter(Q(next_data_at__gt=query.after.at) | Q(next_data_at=query.after.at, id__gt=query.after.id))
    found = list(rows.order_by("next_data_at", "id")[: query.size + 1])
    last = found[query.size - 1] if len(found) > query.size else None
    following = Cursor(last.next_data_at, last.id) if last and last.next_data_at else None
    names, providers = class_names(), provider_names()
    shown = [entry_row(row, names=names, providers=providers) for row in found[: query.size]]
    return Page(shown, following, None if query.after else count)


def _page(rows: QuerySet[Dataset], query: EntryQuery, *, audience: str) -> Page[EntryRow]:
    wanted = _narrowed(rows, query)
    count = None if query.after else _count(wanted, query, audience=audience)
    names, providers = class_names(), provider_names()
    page = page_of(wanted, after=query.after, size=query.size, count=count)
    return page.shown(lambda row: entry_row(row, names=names, providers=providers))


def _narrowed(rows: QuerySet[Dataset], query: EntryQuery) -> QuerySet[Dataset]:
    for name in ("sharing_type", "open_type", "update_cycle", "state"):
        if getattr(query, name):
            rows = rows.filter(**{name: getattr(query, name)})
    if query.organisation_id:
        rows = rows.filter(organisation_id=query.organisation_id)
    if query.class_code:
        rows = rows.filter(class_code__startswith=query.class_code)
    for word in query.search.split():
        rows = rows.filter(words__icontains=word)
        if len(word) > 1:
            rows = rows.alias(pairs=_pairs(F("words"))).filter(pairs__contains=_pairs(Value(word)))
    return rows


def _pairs(text: F | Value) -> Func:
    """Return the pairs of neighbouring characters of a text, as the index of words has them."""
    return Func(text, function="geo_bigrams", output_field=ArrayField(TextField()))


def _count(rows: QuerySet[Dataset], query: EntryQuery, *, audience: str) -> Count:
    """Return the count that is kept where at most one facet narrows a published list; else count to the bound."""
    asked = [(facet, str(getattr(query, name))) for name, facet in _FACETS.items() if getattr(query, name)]
    if not audience or query.search or len(asked) > 1 or query.state:
        return counted(rows)
    facet, value = asked[0] if asked else ("all", "")
    found = CatalogueCount.objects.filter(audience=audience, facet=facet, value=value).values_list("number", flat=True)
    return Count(found.first() or 0)
