"""Files of places: the list, taking one in with a look at what was understood, withdrawing one."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.actor import Actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.errors import Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.geo.contracts import System
from onecity.platform.identity.api import row_scope
from onecity.platform.registers.forms.places import PlaceFileForm
from onecity.platform.registers.models import PlaceFile
from onecity.platform.registers.permissions import MAINTAIN_PLACES, VIEW_PLACES
from onecity.platform.registers.rules.places.fields import FIELDS, PlaceKind
from onecity.platform.registers.selectors.places import place_files
from onecity.platform.registers.selectors.provenance import sources
from onecity.platform.registers.services.places.files import TABLES, NewFile, take_places, withdraw_places
from onecity.platform.registers.services.places.reading import PlaceRead, read_places
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Badge, Column, Listing, respond

SHOWN: Final = 200
KINDS: Final = {"building": zh("楼栋"), "parcel": zh("宗地"), "resource": zh("自然资源")}
STATES: Final = {"taken": Badge(zh("已入库"), "green"), "withdrawn": Badge(zh("已撤销"), "grey")}
SYSTEMS: Final[dict[str, System]] = {"wgs84": "wgs84", "gcj02": "gcj02", "bd09": "bd09"}


@requires(VIEW_PLACES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the files that were taken in."""
    listing = Listing[PlaceFile](
        title=zh("空间数据导入记录"),
        columns=(
            Column(zh("文件名"), lambda row: row.filename),
            Column(zh("内容"), lambda row: gettext(KINDS[row.kind])),
            Column(zh("状态"), lambda row: STATES[row.state]),
            Column(zh("入库数量"), lambda row: row.taken, look="number"),
            Column(zh("未变数量"), lambda row: row.unchanged, look="number", wide_only=True),
            Column(zh("导入时间"), lambda row: row.created_at, look="moment"),
        ),
        fetch=lambda query: place_files(request.actor, query),
        empty=zh("还没有导入空间数据"),
        template="registers/places/list.html",
        extra={"tab": "files"},
    )
    return respond(request, listing)


@requires(MAINTAIN_PLACES)
@require_http_methods(["GET", "POST"])
def take(request: CityRequest) -> HttpResponse:
    """Take a file: show what was understood of it, and take it in when it is sent back confirmed without a fault."""
    form = PlaceFileForm(request.POST or None, request.FILES or None)
    form.offer(sources=_sources(request.actor))
    if request.method == "POST" and form.is_valid():
        try:
            text = request.POST.get("text", "") or form.text()
            return _confirm(request, form, text)
        except Invalid as refusal:
            form.take(refusal if refusal.fields else Invalid(fields={"file": refusal.sentence()}))
    status = 422 if form.is_bound else 200
    return render(request, "registers/places/take.html", {"form": form, "fields": _described()}, status=status)


@requires(MAINTAIN_PLACES)
@require_POST
def withdraw(request: CityRequest, file_id: int) -> HttpResponse:
    """Withdraw a file."""
    removed, restored = withdraw_places(request.actor, file_id=file_id, now=request.now)
    messages.success(
        request, gettext("已撤销：移除{removed}项，恢复{restored}项").format(removed=removed, restored=restored)
    )
    return redirect("registers:place_files")


def _confirm(request: CityRequest, form: PlaceFileForm, text: str) -> HttpResponse:
    given = form.cleaned_data
    kind: PlaceKind = next(kind for kind in TABLES if kind == given["kind"])
    filename = request.POST.get("filename", "") or (given["file"].name if given["file"] else "")
    places = read_places(text, kind=kind, system=SYSTEMS[given["system"]])
    at_fault = [item for item in places if item.faults]
    if "take" in request.POST and not at_fault:
        digest = sm3(f"{kind} {given['system']} {text}".encode()).hex()
        try:
            new = NewFile(kind, filename, digest, given["source"])
            file = take_places(request.actor, new=new, places=places, now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(
                request,
                gettext("已入库{taken}项，{unchanged}项未变").format(taken=file.taken, unchanged=file.unchanged),
            )
            return redirect("registers:place_files")
    facts = {
        "form": form,
        "kind": KINDS[kind],
        "text": text,
        "filename": filename,
        "rows": [_shown(item, kind) for item in (at_fault or places)[:SHOWN]],
        "headings": [item.title for item in FIELDS[kind]],
        "total": len(places),
        "faults": len(at_fault),
    }
    return render(request, "registers/places/preview.html", facts, status=422 if at_fault or form.errors else 200)


def _shown(item: PlaceRead, kind: PlaceKind) -> dict[str, object]:
    cells = [(item.values[field.name], item.faults.get(field.name, "")) for field in FIELDS[kind]]
    return {"item": item, "cells": cells, "geometry": item.faults.get("geometry", "")}


def _described() -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Return what each kind of file may hold: title, property and whether it must be there."""
    return [
        (KINDS[kind], [(item.title, item.name, item.required) for item in fields]) for kind, fields in FIELDS.items()
    ]


def _sources(actor: Actor) -> list[tuple[str, str]]:
    scope = row_scope(actor, MAINTAIN_PLACES)
    return [
        (item.code, item.name)
        for item in sources()
        if scope.everything or item.organisation_id in scope.organisation_ids
    ]
