"""Registering many devices from a list: first shown line by line with what is wrong, then registered at once."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.kernel.errors import Invalid
from onecity.platform.iot.contracts import NewDevice
from onecity.platform.iot.declare import PROTOCOL_NAMES
from onecity.platform.iot.forms import ImportForm
from onecity.platform.iot.permissions import MANAGE_DEVICES
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.lists import COLUMNS, Line, lines_of
from onecity.platform.iot.selectors.devices import known_keys
from onecity.platform.iot.services.devices import faults_of, register_devices
from onecity.platform.iot.services.imports.reading import names, read_lines
from onecity.platform.iot.views.shown import sentence
from onecity.web.access import requires
from onecity.web.http import CityRequest

SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A line as the preview shows it. faults: sentences; known: the key is registered and will be left as it is."""

    number: int
    new: NewDevice
    faults: Sequence[str]
    known: bool


@requires(MANAGE_DEVICES)
@require_http_methods(["GET", "POST"])
def import_devices(request: CityRequest) -> HttpResponse:
    """Take a list: show what is in it, and register it when it is sent back confirmed and without a fault."""
    if request.method == "POST" and "text" in request.POST:
        return _register(request, request.POST["text"])
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            text = form.text()
            return _preview(request, text)
        except Invalid as refusal:
            form.take(refusal)
    facts = {"form": form, "columns": COLUMNS.values(), "types": list(device_types()), "protocols": PROTOCOL_NAMES}
    return render(request, "iot/import.html", facts, status=422 if form.is_bound else 200)


@requires(MANAGE_DEVICES)
@require_GET
def sample(request: CityRequest) -> HttpResponse:
    """Give an empty list with the column names, as spreadsheets open it."""
    file = io.StringIO()
    csv.writer(file).writerow(COLUMNS.values())
    response = HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="devices.csv"'
    return response


def _preview(request: CityRequest, text: str, *, status: int = 200) -> HttpResponse:
    rows = _rows(request, lines_of(text))
    at_fault = [row for row in rows if row.faults]
    facts = {
        "rows": (at_fault or rows)[:SHOWN],
        "total": len(rows),
        "faults": len(at_fault),
        "known": sum(row.known for row in rows),
        "fresh": sum(not row.known for row in rows),
        "text": text,
        "shown": SHOWN,
    }
    return render(request, "iot/import_preview.html", facts, status=422 if at_fault else status)


def _register(request: CityRequest, text: str) -> HttpResponse:
    rows = _rows(request, lines_of(text))
    if any(row.faults for row in rows):
        return _preview(request, text)
    try:
        done = register_devices(request.actor, new=[row.new for row in rows], now=request.now)
    except Invalid as refusal:
        messages.error(request, sentence(refusal))
        return _preview(request, text, status=422)
    messages.success(request, gettext("已登记%(number)s台设备") % {"number": len(done.made)})
    return redirect("iot:devices")


def _rows(request: CityRequest, lines: Sequence[Line]) -> list[Row]:
    read = read_lines(lines, names())
    found = faults_of(request.actor, new=[new for new, _ in read])
    known = known_keys([new.key for new, _ in read])
    return [
        Row(line.number, new, [*unread, *found.get(place, {}).values()], new.key in known)
        for place, (line, (new, unread)) in enumerate(zip(lines, read, strict=True))
    ]
