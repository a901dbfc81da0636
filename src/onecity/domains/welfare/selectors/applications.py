"""Applications as an actor may see them, and as the rules read them."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from onecity.domains.welfare.models import Application, Authorisation, DeclaredIncome, Member
from onecity.domains.welfare.permissions import ACCEPT, VIEW
from onecity.domains.welfare.rules.codes import Asset, Department, Marital, Relation
from onecity.domains.welfare.rules.consents import Consent
from onecity.domains.welfare.rules.household import AssetEntry, Expense, Household, IncomeEntry
from onecity.domains.welfare.rules.household import Member as RuleMember
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import open_text, row_scope
from onecity.web.listing import Query
from onecity.web.paging import Cursor, Page

MARK = "welfare.asset.mark"


def visible(actor: Actor, *, permission: str = VIEW) -> QuerySet[Application]:
    """Return the applications that an actor may see: those of its scope, and a citizen's own."""
    own = Q(account_id=actor.id) if actor.kind == "account" and actor.id is not None else Q(pk__in=[])
    if not actor.may(permission):
        return Application.objects.filter(own)
    scope = row_scope(actor, permission)
    if scope.everything:  # an empty condition joined by "or" would vanish, not stand for all
        return Application.objects.all()
    return Application.objects.filter(scope.q() | own)


def may_write(actor: Actor, row: Application) -> bool:
    """Say whether an actor may change an application: its street's clerks, and the citizen who began it."""
    return visible(actor, permission=ACCEPT).filter(id=row.id).exists()


def application(actor: Actor, number: str) -> Application:
    """Return one application. Raises: NotFound where the actor may not see it."""
    found = visible(actor).filter(number=number).select_related("organisation", "case").first()
    if found is None:
        raise NotFound(zh("没有这个申请，或您无权查看"))
    return found


def applications(actor: Actor, query: Query) -> Page[Application]:
    """Return a page of applications, newest first."""
    rows = visible(actor).select_related("organisation", "case")
    if query.filters.get("aid"):
        rows = rows.filter(aid=query.filters["aid"])
    if query.filters.get("state"):
        rows = rows.filter(state=query.filters["state"])
    if query.search:
        rows = rows.filter(number__startswith=query.search.upper())
    return keyset(rows, query, column="created_at")


def keyset(rows: QuerySet[Application], query: Query, *, column: str) -> Page[Application]:
    """Return the page after the cursor, by an instant and the id, newest first."""
    if query.after:
        earlier = Q(**{f"{column}__lt": query.after.at}) | Q(**{column: query.after.at, "id__lt": query.after.id})
        rows = rows.filter(earlier)
    found = list(rows.order_by(f"-{column}", "-id")[: query.size + 1])
    last = found[query.size - 1] if len(found) > query.size else None
    return Page(found[: query.size], Cursor(getattr(last, column), last.id) if last else None)


def members_of(application_ids: Iterable[int]) -> dict[int, list[Member]]:
    """Return the members of applications with everything they declared, by application."""
    rows = Member.objects.filter(application_id__in=list(application_ids)).prefetch_related(
        "incomes", "assets", "expenses", "authorisations"
    )
    found: dict[int, list[Member]] = {}
    for item in rows.order_by("application_id", "position"):
        found.setdefault(item.application_id, []).append(item)
    return found


def household(row: Application, members: Iterable[Member]) -> Household:
    """Return the household as the rules read it; keys of members are their ids."""
    every = list(members)
    return Household(
        tuple(_member(item) for item in every),
        tuple(entry for item in every for income in item.incomes.all() for entry in _months(item.id, income)),
        tuple(entry for item in every for entry in _assets(item)),
        tuple(Expense(str(item.id), one.topic, one.amount) for item in every for one in item.expenses.all()),
        row.living_area,
    )


def consents(members: Iterable[Member]) -> tuple[Consent, ...]:
    """Return the authorisations of members as the rules read them."""
    return tuple(_consent(one) for item in members for one in item.authorisations.all())


def _consent(row: Authorisation) -> Consent:
    departments = frozenset(Department(code) for code in row.departments)
    withdrawn = row.withdrawn_at is not None
    return Consent(row.code, str(row.member_id), departments, row.valid_from, row.valid_to, withdrawn)


def _member(item: Member) -> RuleMember:
    return RuleMember(
        str(item.id),
        Relation(item.relation),
        item.birth_date,
        Marital(item.marital),
        item.able_to_work,
        item.disability,
        item.in_school,
        item.supports,
    )


def _months(member_id: int, income: DeclaredIncome) -> Iterable[IncomeEntry]:
    month = income.from_month
    while month <= income.to_month:
        yield IncomeEntry(str(member_id), income.topic, month, income.monthly, tax=income.deductions)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _assets(item: Member) -> Iterable[AssetEntry]:
    for one in item.assets.all():
        yield AssetEntry(
            str(item.id),
            Asset(one.kind),
            open_text(bytes(one.mark_sealed), context=MARK) if one.mark_sealed else "",
            one.value,
            one.area,
            one.living_tool,
            one.operating,
        )
