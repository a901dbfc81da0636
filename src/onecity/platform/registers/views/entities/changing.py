"""Entering entities, changing them, adding what belongs to them."""

from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from onecity.kernel.clock import city_date
from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.registers.forms.entities import (
    PARTS,
    ChangeForm,
    EntityForm,
    HoldingForm,
    LicenceForm,
    OfficerForm,
    StatusForm,
    described,
)
from onecity.platform.registers.permissions import MAINTAIN_ENTITIES
from onecity.platform.registers.selectors.entities.rows import visible_entity
from onecity.platform.registers.selectors.entities.states import facts_of
from onecity.platform.registers.services.entities import papers, parts
from onecity.platform.registers.services.entities.entering import change_entity, register_entity
from onecity.platform.registers.views.entities.shown import source_choices
from onecity.web.access import requires
from onecity.web.http import CityRequest

TITLES: Final = {
    "status": zh("变更登记状态"),
    "holding": zh("登记出资"),
    "officer": zh("登记主要人员"),
    "licence": zh("登记许可"),
}
_NAMES: Final = {"seat": "division", "uscc": "uscc", "number": "representative_number"}


@requires(MAINTAIN_ENTITIES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Enter an entity."""
    form = EntityForm(request.POST or None)
    form.offer(source_choices(request.actor))
    if request.method == "POST" and form.is_valid():
        try:
            number = register_entity(request.actor, new=form.new(), now=request.now)
        except OneCityError as refusal:
            form.take(_named(refusal))
        else:
            messages.success(request, gettext("单位已登记"))
            return redirect("registers:entity", number)
    facts = {"form": form, "title": zh("登记单位"), "entity": None}
    return render(request, "registers/entities/form.html", facts, status=422 if form.is_bound else 200)


@requires(MAINTAIN_ENTITIES)
@require_http_methods(["GET", "POST"])
def change(request: CityRequest, entity_id: int) -> HttpResponse:
    """Change an entity's facts, or correct them."""
    row = visible_entity(request.actor, entity_id, permission=MAINTAIN_ENTITIES)
    before = facts_of(row)
    form = ChangeForm(request.POST or None, initial=described(before, revision=row.revision, source=row.source.code))
    form.offer(source_choices(request.actor))
    if request.method == "POST" and form.is_valid():
        try:
            outcome = change_entity(request.actor, entity_id=entity_id, change=form.change(before), now=request.now)
        except OneCityError as refusal:
            form.take(_named(refusal))
        else:
            if outcome.waiting:
                messages.warning(
                    request, gettext("有%(count)s项与其他来源不一致，已转入裁定") % {"count": outcome.waiting}
                )
            messages.success(request, gettext("变更已保存"))
            return redirect("registers:entity", entity_id)
    facts = {"form": form, "title": zh("变更单位信息"), "entity": row}
    return render(request, "registers/entities/form.html", facts, status=422 if form.is_bound else 200)


@requires(MAINTAIN_ENTITIES)
@require_http_methods(["GET", "POST"])
def add(request: CityRequest, entity_id: int, part: str) -> HttpResponse:
    """Add a step of its life, a share, a person or a licence to an entity."""
    if part not in PARTS:
        raise NotFound
    row = visible_entity(request.actor, entity_id, permission=MAINTAIN_ENTITIES)
    form = PARTS[part](request.POST or None)
    form.offer(source_choices(request.actor))
    if request.method == "POST" and form.is_valid():
        try:
            _add(request, entity_id, form)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已保存"))
            return redirect("registers:entity", entity_id)
    facts = {"form": form, "title": TITLES[part], "entity": row}
    return render(request, "registers/entities/form.html", facts, status=422 if form.is_bound else 200)


@requires(MAINTAIN_ENTITIES)
@require_POST
def end(request: CityRequest, entity_id: int, part: str, part_id: int) -> HttpResponse:
    """End a share or a person's service, or revoke a licence, as of the day that is given."""
    day = _day(request.POST.get("until", ""), today=city_date(request.now))
    if part == "officer":
        parts.end_officer(request.actor, officer_id=part_id, until=day, now=request.now)
    elif part == "holding":
        parts.end_holding(request.actor, holding_id=part_id, until=day, now=request.now)
    elif part == "licence":
        papers.revoke_licence(request.actor, licence_id=part_id, on=day, now=request.now)
    else:
        raise NotFound
    messages.success(request, gettext("已保存"))
    return redirect("registers:entity", entity_id)


def _add(request: CityRequest, entity_id: int, form: StatusForm | HoldingForm | OfficerForm | LicenceForm) -> None:
    source = form.cleaned_data["source"]
    match form:
        case StatusForm():
            parts.set_status(request.actor, entity_id=entity_id, new=form.new(), now=request.now)
        case HoldingForm():
            parts.add_holding(request.actor, entity_id=entity_id, new=form.new(), source=source, now=request.now)
        case OfficerForm():
            parts.add_officer(request.actor, entity_id=entity_id, new=form.new(), source=source, now=request.now)
        case LicenceForm():
            papers.add_licence(request.actor, entity_id=entity_id, new=form.new(), source=source, now=request.now)


def _named(refusal: OneCityError) -> OneCityError:
    """Return a refusal whose fields carry the form's names."""
    refusal.fields = {_NAMES.get(name, name): text for name, text in refusal.fields.items()}
    return refusal


def _day(text: str, *, today: date) -> date:
    try:
        return date.fromisoformat(text) if text else today
    except ValueError:
        return today
