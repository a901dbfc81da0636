"""Case types and their versions, for lists and pages."""

from dataclasses import dataclass
from datetime import datetime

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.models import CaseType, CaseTypeVersion
from onecity.platform.cases.rules.settings import read_settings
from onecity.platform.cases.selectors.remembered import Remembered


@dataclass(frozen=True, slots=True)
class TypeInfo:
    """A type as lists see it. view, create: permissions of its newest published or retired version; empty for none."""

    id: int
    code: str
    name: str
    view: str
    create: str
    icon: str
    published: bool


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """A version as administrators see it."""

    id: int
    type_code: str
    type_name: str
    number: int
    state: str
    note: str
    revision: int
    created_at: datetime
    created_by: str
    published_at: datetime | None
    published_by: str
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class VersionText:
    """A version with its diagram and settings."""

    info: VersionInfo
    process: str
    settings: dict[str, object]


def _load(_: None) -> tuple[TypeInfo, ...]:
    latest: dict[int, CaseTypeVersion] = {}
    rows = CaseTypeVersion.objects.exclude(state=CaseTypeVersion.State.DRAFT).defer("process").order_by("number")
    for row in rows:
        known = latest.get(row.case_type_id)
        if known is None or known.state != CaseTypeVersion.State.PUBLISHED:
            latest[row.case_type_id] = row
    return tuple(_info(case_type, latest.get(case_type.id)) for case_type in CaseType.objects.order_by("code"))


def _info(case_type: CaseType, version: CaseTypeVersion | None) -> TypeInfo:
    settings, _ = read_settings(version.settings if version else {})
    published = version is not None and version.state == CaseTypeVersion.State.PUBLISHED
    return TypeInfo(
        case_type.id, case_type.code, case_type.name, settings.view, settings.create, settings.icon, published
    )


_types: Remembered[None, tuple[TypeInfo, ...]] = Remembered(_load)


def types() -> tuple[TypeInfo, ...]:
    """Return all types, by code."""
    return _types[None]


def type_of(type_id: int) -> TypeInfo:
    """Return the type with this id."""
    return next(item for item in types() if item.id == type_id)


def visible_types(actor: Actor) -> tuple[TypeInfo, ...]:
    """Return the types whose cases the actor may see at all."""
    return tuple(item for item in types() if not item.view or actor.may(item.view))


def creatable_types(actor: Actor) -> tuple[TypeInfo, ...]:
    """Return the types of which the actor may open a case by hand."""
    return tuple(item for item in types() if item.published and item.create and actor.may(item.create))


def versions(type_code: str = "") -> list[VersionInfo]:
    """Return versions, the newest of each type first."""
    rows = CaseTypeVersion.objects.select_related("case_type").defer("process", "settings")
    if type_code:
        rows = rows.filter(case_type__code=type_code)
    return [_version_info(row) for row in rows.order_by("case_type__code", "-number")]


def version_text(version_id: int) -> VersionText:
    """Return a version with its diagram.

    Raises: NotFound.
    """
    row = CaseTypeVersion.objects.select_related("case_type").filter(id=version_id).first()
    if row is None:
        raise NotFound(zh("没有这个流程版本"))
    return VersionText(_version_info(row), row.process, row.settings)


def _version_info(row: CaseTypeVersion) -> VersionInfo:
    return VersionInfo(
        row.id,
        row.case_type.code,
        row.case_type.name,
        row.number,
        row.state,
        row.note,
        row.revision,
        row.created_at,
        row.created_by,
        row.published_at,
        row.published_by,
        row.retired_at,
    )
