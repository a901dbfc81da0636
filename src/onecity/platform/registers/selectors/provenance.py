"""Reading sources, the rules in force, and the values that did not win."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import row_scope
from onecity.platform.registers.contracts.provenance import ContestedInfo, RuleVersionInfo, SourceInfo
from onecity.platform.registers.models import ContestedValue, DataSource, SourceRule, SourceVersion
from onecity.platform.registers.permissions import SETTLE_CONFLICTS
from onecity.platform.registers.registries import registers
from onecity.platform.registers.rules.provenance import RankTable
from onecity.web.keyset import page_of
from onecity.web.listing import Query
from onecity.web.paging import Page


class UnknownSource(NotFound):
    """No data source has this code."""

    code = "registers.unknown_source"
    message = zh("没有登记这个数据来源：{code}")


def sources() -> list[SourceInfo]:
    """Return all sources, ordered by code."""
    return [_source(row) for row in DataSource.objects.order_by("code")]


def source_by_code(code: str) -> SourceInfo:
    """Return a source. Raises: UnknownSource."""
    row = DataSource.objects.filter(code=code).first()
    if row is None:
        raise UnknownSource(params={"code": code})
    return _source(row)


def sources_by_id() -> dict[int, SourceInfo]:
    """Return all sources by id: entries name them so."""
    return {row.id: _source(row) for row in DataSource.objects.all()}


def rank_table(register: str, *, now: datetime) -> RankTable:
    """Return the ranks in force; empty when no edition has been published: then every contradiction is decided by
    people. now: city time."""
    version = version_in_force(register, now=now)
    ranks: dict[str, dict[int, int]] = {}
    if version is not None:
        for field, source, rank in SourceRule.objects.filter(version=version).values_list("field", "source_id", "rank"):
            ranks.setdefault(field, {})[source] = rank
    return RankTable(ranks)


def version_in_force(register: str, *, now: datetime) -> SourceVersion | None:
    """Return the newest published edition whose time has come."""
    published = SourceVersion.objects.filter(
        register=register, state=SourceVersion.State.PUBLISHED, valid_from__lte=now
    )
    return published.order_by("-valid_from", "-number").first()


def rule_versions(register: str, *, now: datetime) -> list[RuleVersionInfo]:
    """Return a register's editions with their ranks, the newest first."""
    known = sources_by_id()
    rows = list(SourceVersion.objects.filter(register=register).order_by("-number"))
    current = version_in_force(register, now=now)
    lines: dict[int, dict[str, list[tuple[SourceInfo, int]]]] = {}
    for rule in SourceRule.objects.filter(version__in=rows).order_by("field", "rank", "source_id"):
        fields = lines.setdefault(rule.version_id, {})
        fields.setdefault(rule.field, []).append((known[rule.source_id], rule.rank))
    return [_version(row, lines.get(row.id, {}), in_force=current is not None and current.id == row.id) for row in rows]


def contested_of(register: str, entry_id: int) -> list[ContestedInfo]:
    """Return every value of an entry that did not win, the newest first. The caller has checked who asks."""
    return _infos(ContestedValue.objects.filter(register=register, entry_id=entry_id).order_by("-created_at", "-id"))


def contested_page(actor: Actor, query: Query) -> Page[ContestedInfo]:
    """Return contested values within the actor's scope, newest first; filters: state, register."""
    rows = ContestedValue.objects.filter(row_scope(actor, SETTLE_CONFLICTS).q())
    for name in ("state", "register"):
        if query.filters.get(name):
            rows = rows.filter(**{name: query.filters[name]})
    page = page_of(rows, after=query.after, size=query.size)
    return Page(_infos(page.rows), page.next)


def contested_of_case(actor: Actor, number: str) -> ContestedInfo:
    """Return the contested value that a case is about. Raises: NotFound."""
    rows = ContestedValue.objects.filter(row_scope(actor, SETTLE_CONFLICTS).q(), case_number=number)
    found = _infos(rows[:1]) if number else []
    if not found:
        raise NotFound
    return found[0]


def _infos(rows: "QuerySet[ContestedValue] | Sequence[ContestedValue]") -> list[ContestedInfo]:
    known = sources_by_id()
    return [_contested(row, known) for row in rows]


def _contested(row: ContestedValue, known: dict[int, SourceInfo]) -> ContestedInfo:
    register = registers()[row.register]
    standing = known.get(row.standing_source_id) if row.standing_source_id else None
    return ContestedInfo(
        id=row.id,
        register=row.register,
        register_name=register.name,
        entry_id=row.entry_id,
        field=row.field,
        field_title=register.field(row.field).title,
        shown=row.masked or row.plain,
        source_name=known[row.source_id].name,
        observed_at=row.observed_at,
        standing_source_name=standing.name if standing else "",
        standing_at=row.standing_at,
        state=row.state,
        case_number=row.case_number,
        created_at=row.created_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        note=row.note,
    )


def _version(row: SourceVersion, lines: dict[str, list[tuple[SourceInfo, int]]], *, in_force: bool) -> RuleVersionInfo:
    return RuleVersionInfo(
        id=row.id,
        register=row.register,
        number=row.number,
        state=row.state,
        valid_from=row.valid_from,
        basis=row.basis,
        author=row.author,
        published_at=row.published_at,
        in_force=in_force,
        ranks={field: tuple(pairs) for field, pairs in lines.items()},
    )


def _source(row: DataSource) -> SourceInfo:
    return SourceInfo(row.id, row.code, row.name, row.organisation_id)


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Return the names of sources by id."""
    return dict(DataSource.objects.filter(id__in=list(ids)).values_list("id", "name"))
