"""The organisation tree as its administrators list and read it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db.models import Q, QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account, ApiClient, Organisation
from onecity.platform.identity.selectors.reach import reachable_organisations, reaches_everything
from onecity.web.paging import Count, Cursor, Page

_NO_INSTANT: Final = datetime(
    2000, 1, 1, tzinfo=UTC
)  # the tree is paged by path; cursors carry an instant all the same


@dataclass(frozen=True, slots=True)
class OrganisationQuery:
    """What the tree is asked for. search: a part of the name or code. active: None asks for both."""

    search: str = ""
    kind: str = ""
    active: bool | None = None
    after: Cursor | None = None
    size: int = 20


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    """One organisation in the tree. depth: 0 at the root."""

    id: int
    code: str
    name: str
    kind: str
    parent: str
    depth: int
    division_code: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """One organisation as its administrator sees it.

    touchable: the place above lies in reach, so it may be moved or closed.
    below, accounts, clients: how many open ones stand directly or further below it, or in it.
    """

    id: int
    code: str
    name: str
    short_name: str
    kind: str
    parent_id: int | None
    parent: str
    division_code: str
    credit_code: str
    is_active: bool
    below: int
    accounts: int
    clients: int
    touchable: bool


def managed_organisations(actor: Actor, query: OrganisationQuery) -> Page[OrganisationLine]:
    """Return the organisations within the actor's reach, in the order of the tree."""
    rows = _found(reachable_organisations(actor), query)
    count = None if query.after else Count(rows.count())
    if query.after:
        behind = Organisation.objects.filter(id=query.after.id).values_list("path", flat=True).first()
        rows = rows.filter(path__gt=behind or "")
    page = list(rows.select_related("parent").order_by("path")[: query.size + 1])
    following = Cursor(_NO_INSTANT, page[query.size - 1].id) if len(page) > query.size else None
    return Page([_line(row) for row in page[: query.size]], following, count)


def managed_organisation(actor: Actor, organisation_id: int) -> OrganisationFacts:
    """Return one organisation within the actor's reach.

    Raises: NotFound.
    """
    reach = reachable_organisations(actor)
    row = reach.select_related("parent").filter(id=organisation_id).first()
    if row is None:
        raise NotFound(zh("没有这个机构，或者它不在您的管理范围内"))
    above = row.parent_id
    touchable = reaches_everything(actor) if above is None else reach.filter(id=above).exists()
    return OrganisationFacts(
        id=row.id,
        code=row.code,
        name=row.name,
        short_name=row.short_name,
        kind=row.kind,
        parent_id=above,
        parent=row.parent.name if row.parent else "",
        division_code=row.division_code,
        credit_code=row.credit_code,
        is_active=row.is_active,
        below=Organisation.objects.filter(path__startswith=row.path, is_active=True).exclude(id=row.id).count(),
        accounts=Account.objects.filter(organisation=row, is_active=True).count(),
        clients=ApiClient.objects.filter(organisation=row, is_active=True).count(),
        touchable=touchable,
    )


def organisation_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the open organisations within the actor's reach as choices of a form, indented as in the tree."""
    return _choices(reachable_organisations(actor))


def all_organisation_choices() -> list[tuple[str, str]]:
    """Return every open organisation as choices of a form; for the security administrator, who knows no reach."""
    return _choices(Organisation.objects.all())


def _choices(rows: QuerySet[Organisation]) -> list[tuple[str, str]]:
    found = rows.filter(is_active=True).order_by("path").values_list("id", "name", "path")
    least = min((path.count("/") for _, _, path in found), default=1)
    return [(str(number), "\u3000" * (path.count("/") - least) + name) for number, name, path in found]


def _found(rows: QuerySet[Organisation], query: OrganisationQuery) -> QuerySet[Organisation]:
    if query.search:
        wanted = Q(name__contains=query.search) | Q(short_name__contains=query.search)
        rows = rows.filter(wanted | Q(code__startswith=query.search))
    if query.kind:
        rows = rows.filter(kind=query.kind)
    return rows if query.active is None else rows.filter(is_active=query.active)


def _line(row: Organisation) -> OrganisationLine:
    above = row.parent.short_name if row.parent else ""
    depth = row.path.count("/") - 1
    return OrganisationLine(row.id, row.code, row.name, row.kind, above, depth, row.division_code, row.is_active)
