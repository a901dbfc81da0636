"""Compiling an entry: its text and its table of fields, by hand or from suggestions."""

from collections.abc import Sequence
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from onecity.kernel.errors import OneCityError
from onecity.platform.exchange.contracts.catalogue import FieldText
from onecity.platform.exchange.forms.catalogue import EntryForm, initial_of
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE
from onecity.platform.exchange.selectors.catalogue.classes import class_choices, code_lists, licences
from onecity.platform.exchange.selectors.catalogue.entries import entry_for, version_for
from onecity.platform.exchange.services.catalogue import compiling
from onecity.platform.exchange.services.catalogue.discovering import (
    connections_for,
    fields_of_file,
    fields_of_table,
    tables_of,
)
from onecity.platform.exchange.services.catalogue.holding import NoDraft
from onecity.platform.exchange.services.catalogue.writing import texts_of
from onecity.platform.exchange.views.catalogue.fields_table import BLANK_ROWS, fields_given
from onecity.platform.exchange.views.catalogue.shown import (
    CYCLE,
    FORMAT,
    MASK,
    OPENING,
    RESOURCE,
    SENSITIVITY,
    SHARING,
    TYPE,
    choices,
)
from onecity.platform.identity import api as identity
from onecity.web.access import requires
from onecity.web.http import CityRequest

_DEFAULTS: Final[dict[str, object]] = {
    "sharing_type": "unconditional",
    "open_type": "none",
    "update_cycle": "monthly",
    "resource_kind": "table",
    "format_class": "database",
}


@requires(COMPILE_CATALOGUE)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Begin an entry."""
    form = _form(request, initial=_DEFAULTS)
    fields = fields_given(request.POST)
    bodies = own_bodies(request)
    if request.method == "POST" and "discover" in request.POST:
        fields = _discovered(request, form, fields)
    elif request.method == "POST" and form.is_valid():
        body = int(request.POST.get("organisation", "") or 0)
        try:
            code = compiling.new_dataset(
                request.actor, organisation_id=body, text=form.text(), fields=fields, now=request.now
            )
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("草稿已保存"))
            return redirect("exchange:dataset", code)
    return _render(request, form, fields, bodies=bodies, back=reverse("exchange:own_entries"))


@requires(COMPILE_CATALOGUE)
@require_http_methods(["GET", "POST"])
def edit(request: CityRequest, code: str) -> HttpResponse:
    """Write a draft anew."""
    dataset, rights = entry_for(request.actor, code)
    numbers = [row for row in compiling.drafts_of(dataset) if rights.compiles]
    if not numbers:
        raise NoDraft
    version = version_for(dataset, rights=rights, number=numbers[0])
    form = _form(request, initial=initial_of(compiling.text_of(version)))
    fields = fields_given(request.POST) if request.method == "POST" else texts_of(version.id)
    if request.method == "POST" and "discover" in request.POST:
        fields = _discovered(request, form, fields)
    elif request.method == "POST" and form.is_valid():
        try:
            compiling.change_draft(request.actor, code=code, text=form.text(), fields=fields, now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("草稿已保存"))
            return redirect("exchange:dataset", code)
    return _render(request, form, fields, bodies=[], back=reverse("exchange:dataset", args=[code]))


def own_bodies(request: CityRequest) -> list[tuple[int, str]]:
    """Return the bodies for which the visitor may compile."""
    scope = identity.row_scope(request.actor, COMPILE_CATALOGUE)
    found = identity.organisations()
    return [
        (item.id, item.name)
        for item in found
        if scope.everything
        or item.id in scope.organisation_ids
        or any(item.division_code.startswith(code) for code in scope.division_codes)
    ]


def _form(request: CityRequest, *, initial: dict[str, object]) -> EntryForm:
    bound = request.method == "POST" and "discover" not in request.POST
    given = {**initial, **request.POST.dict()} if request.method == "POST" and not bound else initial
    form = EntryForm(request.POST if bound else None, initial=given)
    form.offer(
        {
            "class_code": class_choices(),
            "update_cycle": _said(choices(CYCLE)),
            "resource_kind": _said(choices(RESOURCE)),
            "format_class": _said(choices(FORMAT)),
            "sharing_type": _said(choices(SHARING)),
            "open_type": _said(choices(OPENING)),
            "licence_code": [(item.code, item.name) for item in licences()],
        }
    )
    return form


def _said(values: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(code, gettext(name)) for code, name in values]


def _discovered(request: CityRequest, form: EntryForm, fields: tuple[FieldText, ...]) -> tuple[FieldText, ...]:
    """Return the suggested fields, or those that were there with the reason why none could be read."""
    upload = request.FILES.get("sample")
    connection, table = request.POST.get("connection", ""), request.POST.get("table", "").strip()
    try:
        if upload is not None:
            found = fields_of_file(upload.name or "", content=upload.read())
        else:
            found = fields_of_table(request.actor, connection_code=connection, table=table)
            form.initial.update(source_place=connection, source_table=table)
    except OneCityError as refusal:
        messages.error(request, refusal.sentence(gettext(refusal.template)))
        return fields
    messages.info(request, gettext("已读取 %(number)d 个字段并给出建议，请逐项核对后保存") % {"number": len(found)})
    return tuple(found)


def _render(
    request: CityRequest,
    form: EntryForm,
    fields: tuple[FieldText, ...],
    *,
    bodies: list[tuple[int, str]],
    back: str,
) -> HttpResponse:
    rows = [*fields, *(FieldText("", "") for _ in range(BLANK_ROWS))]
    facts = {
        "form": form,
        "rows": list(enumerate(rows)),
        "row_count": len(rows),
        "bodies": bodies,
        "chosen_body": request.POST.get("organisation", str(request.actor.organisation_id or "")),
        "back": back,
        "types": choices(TYPE),
        "levels": choices(SENSITIVITY),
        "masks": choices(MASK),
        "sharings": choices(SHARING),
        "lists": code_lists(),
        "connections": connections_for(request.actor),
        "connection": request.POST.get("connection", ""),
        "table": request.POST.get("table", ""),
        "tables": _tables(request),
    }
    return render(request, "exchange/catalogue/edit.html", facts, status=422 if form.is_bound else 200)


def _tables(request: CityRequest) -> list[str]:
    """Return the names of the tables at the chosen connection, none where it cannot be reached."""
    code = request.POST.get("connection", "")
    if not code or request.FILES.get("sample") is not None:
        return []
    try:
        return [item.name for item in tables_of(request.actor, connection_code=code)]
    except OneCityError:
        return []
