"""Types of devices: declared and made by staff; drafting, properties by form, publishing, editions, files."""

import json
from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.errors import Conflict, NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.contracts.types import EditionInfo
from onecity.platform.iot.declare import DeviceType
from onecity.platform.iot.forms.types import ContentForm, NewTypeForm, PropertyForm, unit_codes
from onecity.platform.iot.permissions import MANAGE_DEVICES, MANAGE_TYPES, VIEW_DEVICES
from onecity.platform.iot.registries import declared_types
from onecity.platform.iot.rules.type_documents import BadDocument, changes_between, read_type, to_common_shape
from onecity.platform.iot.selectors.types import device_count, edition, editions, editions_of
from onecity.platform.iot.services import types as services
from onecity.platform.iot.services.types.editing import copied
from onecity.platform.iot.views.shown import RULE, SEVERITY, person_name, sentence
from onecity.platform.iot.views.type_shown import command_rows, property_rows
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond

DECLARED: Final = Badge(zh("系统内置"), "blue")
STATES: Final = ("draft", "published", "superseded")


@requires(VIEW_DEVICES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List types made by staff; declared ones stand above."""
    may = request.actor.may(MANAGE_TYPES)
    listing = Listing[EditionInfo](
        title=zh("设备类型"),
        columns=(
            Column(zh("类型名称"), lambda row: row.name, link=_link),
            Column(zh("类型编码"), lambda row: row.code, look="code"),
            Column(zh("版次"), lambda row: row.edition, look="number", wide_only=True),
            Column(zh("状态"), lambda row: RULE[row.state]),
            Column(zh("编辑者"), lambda row: person_name(row.author), wide_only=True),
            Column(zh("发布时间"), lambda row: row.published_at, look="moment", wide_only=True),
        ),
        filters=(Filter("state", zh("现行版次"), choices=[(code, RULE[code].text) for code in STATES]),),
        fetch=lambda query: editions(
            search=query.search, state=query.filters.get("state", ""), after=query.after, size=query.size
        ),
        searchable=True,
        search_hint=zh("类型名称或编码"),
        empty=zh("还没有自建的设备类型。可从厂商的物模型文件导入，或以内置类型为底新建"),
        actions=[Action(zh("新建类型"), reverse("iot:new_type"))] if may else [],
        template="iot/devices/types.html",
        extra={"declared": list(declared_types())},
    )
    return respond(request, listing)


@requires(VIEW_DEVICES)
@require_GET
def declared_page(request: CityRequest, code: str) -> HttpResponse:
    """Show a declared type, read-only."""
    kind = declared_types().get(code)
    if kind is None:
        raise NotFound
    facts = {"name": kind.name, "code": code, "state": DECLARED, "devices": device_count(code), **_kind_facts(kind)}
    return render(request, "iot/devices/type.html", facts)


@requires(VIEW_DEVICES)
@require_GET
def page(request: CityRequest, edition_id: int) -> HttpResponse:
    """Show one edition of a type beside the others."""
    info = edition(edition_id)
    others = editions_of(info.code)
    kind, faults = _read(info)
    before = next((item for item in others if item.edition == info.edition - 1), None)
    old = _read(before)[0] if before else None
    facts: dict[str, object] = {
        "edition": info,
        "name": info.name,
        "code": info.code,
        "state": RULE[info.state],
        "faults": list(faults.items()),
        "changes": changes_between(old, kind) if old and kind else [],
        "editions": [(item, RULE[item.state], person_name(item.author)) for item in others],
        "has_draft": any(item.state == "draft" for item in others),
        "followers": sum(item.devices for item in others if item.state == "published"),
        "devices": device_count(info.code),
        "may_move": request.actor.may(MANAGE_DEVICES),
        **(_kind_facts(kind) if kind else {}),
    }
    return render(request, "iot/devices/type.html", facts)


@requires(MANAGE_TYPES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Begin a type."""
    form = NewTypeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.draft_type(
                request.actor, code=given["code"].strip(), content=given["content"], now=request.now
            )
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("草稿已保存，发布后生效"))
            return redirect("iot:type_edition", made)
    return _form(request, form, title=gettext("新建类型"), back=reverse("iot:types"))


@requires(MANAGE_TYPES)
@require_POST
def copy(request: CityRequest) -> HttpResponse:
    """Begin a type of staff's own as a copy of a declared one."""
    content = json.dumps(copied(request.POST.get("from", "")), ensure_ascii=False, indent=1)
    form = NewTypeForm(initial={"content": content})
    return _form(request, form, title=gettext("新建类型"), back=reverse("iot:types"))


@requires(MANAGE_TYPES)
@require_POST
def next_edition(request: CityRequest) -> HttpResponse:
    """Begin the next edition of a type."""
    try:
        made = services.next_edition(request.actor, code=request.POST.get("code", ""), now=request.now)
    except Conflict as refusal:
        messages.error(request, sentence(refusal))
        return redirect("iot:types")
    return redirect("iot:type_edition", made)


@requires(MANAGE_TYPES)
@require_http_methods(["GET", "POST"])
def edit(request: CityRequest, edition_id: int) -> HttpResponse:
    """Change a draft as a document."""
    info = _draft(edition_id)
    written = json.dumps(info.content, ensure_ascii=False, indent=1)
    form = ContentForm(request.POST or None, request.FILES or None, initial={"content": written, "note": info.note})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.edit_type(request.actor, edition_id=edition_id, content=given["content"], note=given["note"])
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("草稿已保存，发布后生效"))
            return redirect("iot:type_edition", edition_id)
    title = gettext("修改草稿：%(name)s") % {"name": info.name}
    return _form(request, form, title=title, back=reverse("iot:type_edition", args=[edition_id]))


@requires(MANAGE_TYPES)
@require_http_methods(["GET", "POST"])
def one_property(request: CityRequest, edition_id: int) -> HttpResponse:
    """Put a property into a draft, or change the one that the address names (`?code=`)."""
    info = _draft(edition_id)
    known = {str(item.get("code")): item for item in _properties(info.content)}
    form = PropertyForm(request.POST or None, initial=_told(known.get(request.GET.get("code", ""), {})))
    form.offer()
    if request.method == "POST" and form.is_valid():
        made = form.written()
        items = {**known, str(made["code"]): made}
        _save_properties(request, info, list(items.values()))
        return redirect("iot:type_edition", edition_id)
    back = reverse("iot:type_edition", args=[edition_id])
    return _form(request, form, title=gettext("属性"), back=back, units=unit_codes())


@requires(MANAGE_TYPES)
@require_POST
def drop_property(request: CityRequest, edition_id: int) -> HttpResponse:
    """Take a property out of a draft."""
    info = _draft(edition_id)
    kept = [item for item in _properties(info.content) if item.get("code") != request.POST.get("code")]
    _save_properties(request, info, kept)
    return redirect("iot:type_edition", edition_id)


@requires(MANAGE_TYPES)
@require_POST
def publish(request: CityRequest, edition_id: int) -> HttpResponse:
    """Put a draft into force."""
    keep = request.POST.get("keep") == "1"
    try:
        services.publish_type(request.actor, edition_id=edition_id, keep_devices=keep, now=request.now)
    except (Conflict, BadDocument) as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("类型已发布，一秒内生效"))
    return redirect("iot:type_edition", edition_id)


@requires(MANAGE_TYPES)
@require_POST
def discard(request: CityRequest, edition_id: int) -> HttpResponse:
    """Throw a draft away."""
    services.discard_type(request.actor, edition_id=edition_id)
    messages.success(request, gettext("草稿已删除"))
    return redirect("iot:types")


@requires(MANAGE_DEVICES)
@require_POST
def move(request: CityRequest, edition_id: int) -> HttpResponse:
    """Have the devices that keep an edition follow the one in force."""
    info = edition(edition_id)
    moved = services.move_devices(request.actor, code=info.code, edition=info.edition, to=None)
    messages.success(request, gettext("%(number)s台设备已改用现行版次") % {"number": moved})
    return redirect("iot:type_edition", edition_id)


@requires(VIEW_DEVICES)
@require_GET
def as_json(request: CityRequest, edition_id: int) -> HttpResponse:
    """Give an edition as a file: in our own shape, or (`?shape=common`) in the common one."""
    info = edition(edition_id)
    kind, _ = _read(info)
    common = request.GET.get("shape") == "common" and kind is not None
    content = to_common_shape(kind) if common and kind else dict(info.content)
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Content-Disposition"] = f'attachment; filename="{info.code}-{info.edition}.json"'
    return response


def _kind_facts(kind: DeviceType) -> dict[str, object]:
    return {
        "kind": kind,
        "properties": property_rows(kind),
        "commands": command_rows(kind),
        "events": [(item, SEVERITY[item.severity]) for item in kind.events],
    }


def _read(info: EditionInfo) -> tuple[DeviceType | None, Mapping[str, str]]:
    try:
        return read_type(info.code, edition=info.edition, content=info.content), {}
    except BadDocument as refusal:
        return None, refusal.fields


def _draft(edition_id: int) -> EditionInfo:
    info = edition(edition_id)
    if info.state != "draft":
        raise services.NotADraftType
    return info


def _properties(content: Mapping[str, object]) -> list[dict[str, object]]:
    items = content.get("properties")
    return [dict(item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _told(item: Mapping[str, object]) -> dict[str, object]:
    choices = item.get("choices")
    named = choices if isinstance(choices, list) else []
    return {**item, "choices": "，".join(f"{part['value']}={part['name']}" for part in named)}


def _save_properties(request: CityRequest, info: EditionInfo, items: list[dict[str, object]]) -> None:
    content = {**info.content, "properties": items}
    services.edit_type(request.actor, edition_id=info.id, content=content, note=info.note)
    messages.success(request, gettext("草稿已保存，发布后生效"))


def _form(request: CityRequest, form: ContentForm | PropertyForm, **facts: object) -> HttpResponse:
    shown = {
        "form": form,
        "form_title": facts["title"],
        "back": facts["back"],
        "back_name": zh("设备类型"),
        "submit": gettext("保存草稿"),
        "units": facts.get("units"),
    }
    return render(request, "iot/devices/form.html", shown, status=422 if form.is_bound else 200)


def _link(row: EditionInfo) -> str:
    return reverse("iot:type_edition", args=[row.id])
