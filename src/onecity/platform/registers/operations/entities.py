"""Legal entities: create, read, update, list, exists, history."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from onecity.kernel import clock
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.registers.contracts.entities import EntityInfo, NewEntity
from onecity.platform.registers.contracts.persons import FieldChange
from onecity.platform.registers.operations.asking import actor_of
from onecity.platform.registers.permissions import MAINTAIN_ENTITIES, VIEW_ENTITIES
from onecity.platform.registers.selectors.entities.facts import (
    EntityQuery,
    by_uscc,
    entities,
    entity_info,
    field_values,
    states_of,
)
from onecity.platform.registers.selectors.entities.rows import visible_entity
from onecity.platform.registers.services.entities.entering import change_entity, register_entity
from onecity.web.api import needs
from onecity.web.paging import LARGEST_PAGE, Cursor

router: Final = Router(tags=["registers"])


class EntityOut(Schema):
    """An entity. place: longitude and latitude, WGS 84."""

    id: int
    uscc: str
    name: str
    kind: str
    status: str
    status_on: date | None
    representative_name: str
    registered_capital: Decimal | None
    capital_currency: str
    industry_code: str
    business_scope: str
    address: str
    division_code: str
    place: tuple[float, float] | None
    established_on: date | None
    approved_on: date | None
    term_from: date | None
    term_until: date | None
    registrar: str
    source_code: str
    observed_at: datetime
    valid_from: date
    known_from: datetime
    revision: int
    is_made_up: bool


class EntitiesIn(Schema):
    """What a list is asked for."""

    q: str = ""
    kind: str = ""
    status: str = ""
    section: str = ""
    after: str = ""
    size: Annotated[int, Field(ge=1, le=LARGEST_PAGE)] = 20


class EntityPage(Schema):
    """A page of entities; next: the cursor of the one that follows."""

    items: list[EntityOut]
    next: str | None


class NewEntityIn(Schema):
    """An entity to be entered. values: fields by name, as canonical text; source: code of the data source."""

    uscc: str
    values: dict[str, str]
    source: str
    place: tuple[float, float] | None = None
    observed_at: datetime | None = None
    valid_from: date | None = None


class ChangeIn(Schema):
    """New values of fields. since: from when they are true; none corrects. revision: as the caller saw the entity."""

    values: dict[str, str]
    source: str
    since: date | None = None
    observed_at: datetime | None = None
    revision: int | None = None
    note: str = ""


class MadeOut(Schema):
    """The register's number of a new entity."""

    id: int


class OutcomeOut(Schema):
    """What became of each field; waiting: values that people decide."""

    verdicts: dict[str, str]
    revision: int
    waiting: int


class ExistsOut(Schema):
    """Whether the register has an entity."""

    exists: bool
    status: str


class ValueOut(Schema):
    """A field with its origin."""

    name: str
    title: str
    value: str
    source: str
    observed_at: datetime


class StateOut(Schema):
    """A state: true from–to, recorded at known_from, no longer believed since known_to."""

    values: dict[str, str]
    valid_from: date
    valid_to: date | None
    known_from: datetime
    known_to: datetime | None


@router.get("", response=EntityPage, auth=needs(VIEW_ENTITIES), summary=zh("法人单位"))
def list_entities(request: HttpRequest, asked: Query[EntitiesIn]) -> EntityPage:
    """Return the entities that the caller may see."""
    query = EntityQuery(asked.q, asked.kind, asked.status, asked.section, Cursor.decode(asked.after), asked.size)
    page = entities(actor_of(request), query)
    return EntityPage(items=[_out(item) for item in page.rows], next=page.next.encode() if page.next else None)


@router.get("/exists", response=ExistsOut, auth=needs(VIEW_ENTITIES), summary=zh("核验法人单位是否存在"))
def exists(request: HttpRequest, uscc: str) -> ExistsOut:
    """Say whether the register has an entity with a credit code, and how it stands."""
    row = by_uscc(actor_of(request), uscc)
    return ExistsOut(exists=row is not None, status=row.status if row else "")


@router.get("/{int:entity_id}", response=EntityOut, auth=needs(VIEW_ENTITIES), summary=zh("一个法人单位"))
def one(request: HttpRequest, entity_id: int) -> EntityOut:
    """Return one entity by the register's number."""
    return _out(entity_info(visible_entity(actor_of(request), entity_id)))


@router.get(
    "/{int:entity_id}/values",
    response=list[ValueOut],
    auth=needs(VIEW_ENTITIES),
    summary=zh("法人单位各项内容及来源"),
)
def values(request: HttpRequest, entity_id: int) -> list[ValueOut]:
    """Return every field with its origin."""
    row = visible_entity(actor_of(request), entity_id)
    return [
        ValueOut(
            name=item.name, title=item.title, value=item.shown, source=item.source_name, observed_at=item.observed_at
        )
        for item in field_values(row)
    ]


@router.get(
    "/{int:entity_id}/history",
    response=list[StateOut],
    auth=needs(VIEW_ENTITIES),
    summary=zh("法人单位历史状态"),
)
def history(request: HttpRequest, entity_id: int) -> list[StateOut]:
    """Return every state ever recorded, the current one last."""
    row = visible_entity(actor_of(request), entity_id)
    return [
        StateOut(
            values=dict(state.facts),
            valid_from=state.valid_from,
            valid_to=state.valid_to,
            known_from=state.known_from,
            known_to=state.known_to,
        )
        for state in states_of(row)
    ]


@router.post("", response={201: MadeOut}, auth=needs(MAINTAIN_ENTITIES), summary=zh("登记法人单位"))
def create(request: HttpRequest, given: NewEntityIn) -> Status[MadeOut]:
    """Enter an entity; a code that is known is a conflict."""
    new = NewEntity(
        uscc=given.uscc,
        values=given.values,
        source=given.source,
        place=given.place,
        observed_at=_aware(given.observed_at),
        valid_from=given.valid_from,
    )
    return Status(201, MadeOut(id=register_entity(actor_of(request), new=new, now=clock.city_now())))


@router.patch("/{int:entity_id}", response=OutcomeOut, auth=needs(MAINTAIN_ENTITIES), summary=zh("变更法人单位"))
def update(request: HttpRequest, entity_id: int, given: ChangeIn) -> OutcomeOut:
    """Bring a source's values for some fields; the rules of sources say which of them stand."""
    change = FieldChange(
        values=given.values,
        source=given.source,
        since=given.since,
        observed_at=_aware(given.observed_at),
        revision=given.revision,
        note=given.note,
    )
    outcome = change_entity(actor_of(request), entity_id=entity_id, change=change, now=clock.city_now())
    return OutcomeOut(verdicts=dict(outcome.verdicts), revision=outcome.revision, waiting=outcome.waiting)


def _out(info: EntityInfo) -> EntityOut:
    return EntityOut(**{name: getattr(info, name) for name in EntityOut.model_fields})


def _aware(moment: datetime | None) -> datetime | None:
    """Refuse a time that does not say its zone."""
    if moment is not None and moment.tzinfo is None:
        raise Invalid(fields={"observed_at": zh("时间应写明时区，如 2026-03-01T08:00:00+08:00")})
    return moment
