"""Entities: the search, and one entity's file with the origin of every value, as it is or as it was known."""

from datetime import date, datetime, time
from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from onecity.kernel.clock import CITY_ZONE, city_date
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.registers.contracts.entities import EntityInfo
from onecity.platform.registers.forms.entities import KnownForm
from onecity.platform.registers.models import LegalEntity
from onecity.platform.registers.permissions import MAINTAIN_ENTITIES, VIEW_ENTITIES
from onecity.platform.registers.rules.entities.control import BENEFICIAL
from onecity.platform.registers.rules.entities.fields import BY_NAME, KINDS, LEGAL_ENTITIES, STATUSES
from onecity.platform.registers.rules.entities.graph import BOX_HIGH, BOX_WIDE, drawing
from onecity.platform.registers.selectors.entities import facts, parts
from onecity.platform.registers.selectors.entities.facts import EntityQuery, entities, entity_info
from onecity.platform.registers.selectors.entities.rows import visible_entities, visible_entity
from onecity.platform.registers.selectors.provenance import contested_of
from onecity.platform.registers.views.entities.shown import (
    ACTS,
    HOLDERS,
    ROLES,
    SECTION_CHOICES,
    STATUS,
    value_text,
)
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, respond

LONGEST_LABEL: Final = 11


@requires(VIEW_ENTITIES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List and search the entities that the visitor may see."""
    actions = [Action(zh("登记单位"), reverse("registers:new_entity"))]
    listing = Listing[EntityInfo](
        title=zh("法人单位"),
        columns=(
            Column(zh("名称"), lambda row: row.name, link=entity_link),
            Column(zh("统一社会信用代码"), lambda row: row.uscc, look="code"),
            Column(zh("登记状态"), lambda row: STATUS[row.status]),
            Column(zh("主体类型"), lambda row: gettext(KINDS[row.kind]), wide_only=True),
            Column(zh("法定代表人（负责人）"), lambda row: row.representative_name, wide_only=True),
            Column(zh("成立日期"), lambda row: row.established_on, wide_only=True),
            Column(zh("住所"), lambda row: row.address, wide_only=True),
        ),
        filters=(
            Filter("kind", zh("全部主体类型"), choices=tuple(KINDS.items())),
            Filter("status", zh("全部登记状态"), choices=tuple(STATUSES.items())),
            Filter("section", zh("全部行业门类"), choices=SECTION_CHOICES),
        ),
        fetch=lambda query: entities(
            request.actor,
            EntityQuery(
                search=query.search,
                kind=query.filters.get("kind", ""),
                status=query.filters.get("status", ""),
                section=query.filters.get("section", ""),
                after=query.after,
                size=query.size,
            ),
        ),
        searchable=True,
        search_hint=zh("名称、曾用名称、信用代码或法定代表人"),
        empty=zh("没有符合条件的单位"),
        actions=actions if request.actor.may(MAINTAIN_ENTITIES) else (),
    )
    return respond(request, listing)


@requires(VIEW_ENTITIES)
@require_GET
def page(request: CityRequest, entity_id: int) -> HttpResponse:
    """Show an entity's file; `?valid_at=` and `?known_on=` show it as it was, and as it was known."""
    row = visible_entity(request.actor, entity_id)
    today = city_date(request.now)
    form = KnownForm(request.GET or None)
    asked = form.asked(today=today)
    contested = contested_of(LEGAL_ENTITIES, row.id)
    shown = {
        "entity": entity_info(row),
        "status": STATUS[row.status],
        "known_form": form,
        "asked": asked,
        "fields": _fields(row, asked),
        "contested": contested,
        "statuses": [(step, STATUS[step.status]) for step in facts.statuses_of(row.id)],
        "former_names": facts.former_names(row.id),
        "changes": [
            (change, ACTS[change.kind], "、".join(gettext(BY_NAME[name].title) for name in change.fields))
            for change in facts.changes_of(row.id)
        ],
        "may_maintain": visible_entities(request.actor, MAINTAIN_ENTITIES).filter(id=row.id).exists(),
        **_parts(row, on=asked[0] if asked else today),
        **_control(row, on=asked[0] if asked else today),
    }
    return render(request, "registers/entities/entity.html", shown)


def entity_link(row: EntityInfo) -> str:
    """Return the address of an entity's file."""
    return reverse("registers:entity", args=[row.id])


def _fields(row: LegalEntity, asked: tuple[date, date] | None) -> list[tuple[str, str, str, datetime | None]]:
    """Return title, text, source and time of every field; another day's state has no origin of each value.

    Raises: NotFound if nothing was known of that day.
    """
    if asked is None:
        return [
            (item.title, value_text(item.name, item.shown), item.source_name, item.observed_at)
            for item in facts.field_values(row)
        ]
    known_at = datetime.combine(asked[1], time.max, CITY_ZONE)
    state = facts.as_of(row, valid_at=asked[0], known_at=known_at)
    if state is None:
        raise NotFound(zh("截至该日，登记簿中没有该单位当时的情况"))
    return [(item.title, value_text(name, state.facts[name]), "", None) for name, item in BY_NAME.items()]


def _parts(row: LegalEntity, *, on: date) -> dict[str, object]:
    return {
        "officers": [(item, ROLES[item.role]) for item in parts.officers_of(row.id)],
        "holdings": [(item, HOLDERS[item.holder_kind]) for item in parts.holdings_in(row.id, on=on)],
        "held": parts.holdings_of_entity(row.id, on=on),
        "licences": [
            (item, _stands(item.since, item.until, item.revoked_on, on)) for item in parts.licences_of(row.id)
        ],
        "reports": parts.reports_of(row.id),
        "listings": parts.listings_of(row.id),
    }


def _stands(since: date | None, until: date | None, revoked: date | None, on: date) -> bool:
    """Say whether a licence holds on a day."""
    begun, over = since is None or since <= on, until is not None and until < on
    return begun and not over and (revoked is None or revoked > on)


def _control(row: LegalEntity, *, on: date) -> dict[str, object]:
    control = parts.control_of(row.id, on=on)
    if not control.links:
        return {"drawing": None, "holders": []}
    key = f"e:{row.id}"
    made = drawing(control.links, of=key)
    ends = {item.holder for item in control.holders}
    return {
        "drawing": made,
        "box_wide": BOX_WIDE,
        "box_high": BOX_HIGH,
        "boxes": [
            (box, _label(control.names[box.key]), control.names[box.key], _look(box.key, key, ends))
            for box in made.boxes
        ],
        "holders": [
            (
                control.names[item.holder],
                control.entities.get(item.holder),
                item,
                item.share >= BENEFICIAL,
                [" → ".join(control.names[step] for step in chain) for chain in item.chains],
            )
            for item in control.holders
        ],
    }


def _look(key: str, own: str, ends: set[str]) -> str:
    return "own" if key == own else "end" if key in ends else "between"


def _label(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"
