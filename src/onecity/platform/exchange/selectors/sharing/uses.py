"""Reading receipts of use: lists, one with its seal, and what was done with one person's data."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.sharing import SubjectUse
from onecity.platform.exchange.models import SharingGrant, UseReceipt, UseSeal
from onecity.platform.exchange.selectors.sharing.scopes import receipts_seen
from onecity.platform.identity.api import search_hashes
from onecity.web.keyset import counted_page
from onecity.web.listing import Query
from onecity.web.paging import Page


class NoSuchReceipt(NotFound):
    """There is no such receipt, or the actor may not know that there is."""

    code = "exchange.no_such_receipt"
    message = zh("没有这张使用回执，或您无权查看")


@dataclass(frozen=True, slots=True)
class ReceiptShown:
    """A receipt with its place in the chain; number None while it waits for the sealer (a second or so)."""

    receipt: UseReceipt
    number: int | None
    digest: str
    sealed_at: datetime | None


def receipt_page(actor: Actor, query: Query) -> Page[UseReceipt]:
    """Return a page of the receipts that the actor sees, newest first; filters: kind, result, grant, from, before."""
    rows = UseReceipt.objects.filter(receipts_seen(actor)).select_related("grant", "provider", "organisation")
    for name in ("kind", "result"):
        if query.filters.get(name):
            rows = rows.filter(**{name: query.filters[name]})
    if query.filters.get("grant"):
        rows = rows.filter(grant__code=query.filters["grant"])
    begin, end = query.instant("from"), query.instant("before")
    if begin:
        rows = rows.filter(at__gte=begin)
    if end:
        rows = rows.filter(at__lt=end)
    if query.search:
        rows = rows.filter(Q(grant__dataset_name__icontains=query.search) | Q(grant__code=query.search))
    return counted_page(rows, after=query.after, size=query.size, by="at")


def latest_uses(grant: SharingGrant) -> list[UseReceipt]:
    """Return the ten newest receipts of a grant that the caller has shown the actor to see."""
    return list(UseReceipt.objects.filter(grant=grant).order_by("-at", "-id")[:10])


def receipt_of(actor: Actor, receipt_id: int) -> ReceiptShown:
    """Return one receipt with its seal.

    Raises: NoSuchReceipt.
    """
    rows = UseReceipt.objects.filter(receipts_seen(actor), id=receipt_id)
    found = rows.select_related("grant", "provider", "organisation").first()
    if found is None:
        raise NoSuchReceipt
    seal = UseSeal.objects.filter(receipt=found).first()
    if seal is None:
        return ReceiptShown(found, None, "", None)
    return ReceiptShown(found, seal.number, seal.digest, seal.sealed_at)


def uses_of_subject(hashes: list[str], *, most: int = 200) -> list[SubjectUse]:
    """Return what was done with one person's or enterprise's data, newest first.

    hashes: every keyed hash of the identifier (`identity.api.search_hashes`). For the person concerned, the register's
    page, and auditors: the caller has checked who asks.
    """
    rows = UseReceipt.objects.filter(subject_hash__in=hashes).exclude(subject_hash="")
    rows = rows.select_related("grant", "provider", "organisation").order_by("-at", "-id")
    return [_use(row) for row in rows[:most]]


def uses_by_identifier(identifier: str, *, most: int = 200) -> list[SubjectUse]:
    """Return the same for an identifier in its standard form."""
    return uses_of_subject(search_hashes(identifier), most=most)


def _use(row: UseReceipt) -> SubjectUse:
    return SubjectUse(
        receipt_id=row.id,
        at=row.at,
        kind=row.kind,
        dataset_name=row.grant.dataset_name,
        provider=row.provider.short_name,
        consumer=row.organisation.short_name,
        reason=row.reason,
        consent=row.consent,
        fields=tuple(row.fields),
        result=row.result,
    )
