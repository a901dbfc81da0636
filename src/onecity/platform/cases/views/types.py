"""Administration of case types: versions, drawing, checking, comparing, publishing."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.errors import Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.cases.forms import TypeForm
from onecity.platform.cases.permissions import MANAGE_TYPES
from onecity.platform.cases.process.checks import ASSIGNMENTS
from onecity.platform.cases.process.comparison import differences
from onecity.platform.cases.process.reading import LARGEST, Reading
from onecity.platform.cases.registries import actions, conditions
from onecity.platform.cases.rules.faults import Fault
from onecity.platform.cases.rules.settings import CASE_NAMES
from onecity.platform.cases.selectors.types import VersionText, types, version_text, versions
from onecity.platform.cases.selectors.versions import known
from onecity.platform.cases.services import types as services
from onecity.platform.cases.views.shown import VERSION
from onecity.platform.cases.views.supervision import shown_supervision
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(MANAGE_TYPES)
@require_GET
def index(request: CityRequest) -> HttpResponse:
    """List the types with their versions."""
    grouped: dict[str, list[tuple[object, object]]] = {item.code: [] for item in types()}
    for item in versions():
        grouped.setdefault(item.type_code, []).append((item, VERSION[item.state]))
    rows = [(item, grouped[item.code]) for item in types()]
    return render(request, "cases/types.html", {"rows": rows})


@requires(MANAGE_TYPES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Create a type whose first draft is a copy of another type's process."""
    form = TypeForm(request.POST or None)
    form.offer(types())
    if request.method == "POST" and form.is_valid():
        sample = next(item for item in versions(form.cleaned_data["template"]) if item.state == "published")
        try:
            services.create_type(request.actor, code=form.cleaned_data["code"], name=form.cleaned_data["name"])
        except OneCityError as refusal:
            form.take(refusal)
        else:
            text = version_text(sample.id)
            draft = services.save_draft(
                request.actor,
                type_code=form.cleaned_data["code"],
                process=text.process,
                settings=text.settings,
                now=request.now,
            )
            return redirect("cases:version", draft.id)
    return render(request, "cases/new_type.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(MANAGE_TYPES)
@require_http_methods(["GET", "POST"])
def version(request: CityRequest, version_id: int) -> HttpResponse:
    """Show a version; a draft can be edited."""
    if request.method == "GET":
        return _page(request, version_text(version_id))
    try:
        process, settings, note = _given(request)
        services.edit_draft(
            request.actor,
            version_id=version_id,
            process=process,
            settings=settings,
            note=note,
            revision=int(request.POST.get("revision", "0") or 0),
        )
    except Invalid as refusal:
        messages.error(request, refusal.sentence(gettext(refusal.template)))
        return _page(request, version_text(version_id), status=422)
    messages.success(request, gettext("草稿已保存"))
    return redirect("cases:version", version_id)


@requires(MANAGE_TYPES)
@require_POST
def check(request: CityRequest, version_id: int) -> HttpResponse:
    """Tell what keeps a draft from being published, as it stands in the editor."""
    version_text(version_id)
    try:
        process, settings, _ = _given(request)
        faults = services.faults_of_draft(process, settings)
    except Invalid as refusal:
        faults = [Fault("settings", refusal.template, refusal.params)]
    return render(request, "cases/faults.html", {"faults": _sentences(faults)})


@requires(MANAGE_TYPES)
@require_http_methods(["GET", "POST"])
def publish(request: CityRequest, version_id: int) -> HttpResponse:
    """Ask whether a draft shall be published, showing what it changes; then publish it."""
    text = version_text(version_id)
    if request.method == "POST":
        try:
            services.publish(request.actor, version_id=version_id, now=request.now)
        except services.VersionRefused as refusal:
            return render(request, "cases/publish.html", _publishing(text, list(refusal.faults)), status=422)
        messages.success(request, gettext("已发布，新案件将按此版本办理，正在办理的案件不受影响"))
        return redirect("cases:version", version_id)
    return render(
        request, "cases/publish.html", _publishing(text, services.faults_of_draft(text.process, text.settings))
    )


@requires(MANAGE_TYPES)
@require_POST
def draft(request: CityRequest, version_id: int) -> HttpResponse:
    """Begin a draft from a version."""
    made = services.new_draft(request.actor, version_id=version_id, now=request.now)
    return redirect("cases:version", made.id)


@requires(MANAGE_TYPES)
@require_POST
def discard(request: CityRequest, version_id: int) -> HttpResponse:
    """Throw a draft away."""
    services.discard_draft(request.actor, version_id=version_id)
    messages.success(request, gettext("草稿已删除"))
    return redirect("cases:types")


@requires(MANAGE_TYPES)
@require_POST
def retire(request: CityRequest, version_id: int) -> HttpResponse:
    """Retire the published version."""
    services.retire(request.actor, version_id=version_id, now=request.now)
    messages.success(request, gettext("版本已停用，不再受理此类新案件"))
    return redirect("cases:version", version_id)


@requires(MANAGE_TYPES)
@require_GET
def process(request: CityRequest, version_id: int) -> HttpResponse:
    """Give a version's diagram as a file."""
    text = version_text(version_id)
    response = HttpResponse(text.process, content_type="application/xml; charset=utf-8")
    name = f"{text.info.type_code}-{text.info.number}.bpmn"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@requires(MANAGE_TYPES)
@require_POST
def upload(request: CityRequest, version_id: int) -> HttpResponse:
    """Put a file's diagram into a draft."""
    file, text = request.FILES.get("file"), version_text(version_id)
    if file is None or isinstance(file, list) or (file.size or 0) > LARGEST:
        raise Invalid(zh("请选择一个不超过 1 MB 的流程文件"))
    try:
        process = file.read().decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid(zh("流程文件不是有效的 XML")) from None
    services.edit_draft(
        request.actor,
        version_id=version_id,
        process=process,
        settings=text.settings,
        note=text.info.note,
        revision=int(request.POST.get("revision", "0") or 0),
    )
    messages.success(request, gettext("流程文件已载入草稿"))
    return redirect("cases:version", version_id)


def _given(request: CityRequest) -> tuple[str, Mapping[str, object], str]:
    try:
        settings = json.loads(request.POST.get("settings", ""))
    except ValueError:
        raise Invalid(zh("设置不是有效的 JSON")) from None
    if not isinstance(settings, dict):
        raise Invalid(zh("设置应为 JSON 对象"))
    return request.POST.get("process", ""), settings, request.POST.get("note", "")


def _page(request: CityRequest, text: VersionText, *, status: int = 200) -> HttpResponse:
    editing = text.info.state == "draft"
    facts: dict[str, Any] = {
        "version": text.info,
        "badge": VERSION[text.info.state],
        "process": text.process,
        "settings_text": json.dumps(text.settings, ensure_ascii=False, indent=2),
        "others": [(item, VERSION[item.state]) for item in versions(text.info.type_code)],
        "editing": editing,
        "supervision": shown_supervision(text.settings),
        "may_move": text.info.state == "retired"
        and any(item.state == "published" for item in versions(text.info.type_code)),
    }
    if editing:
        facts["offered"] = _offered(text.settings)
    template = "cases/version_draft.html" if editing else "cases/version.html"
    return render(request, template, facts, status=status)


def _offered(settings: Mapping[str, object]) -> dict[str, object]:
    """Return what the editor offers to choose from."""
    stages = settings.get("stages")
    listed = [item for item in stages if isinstance(item, dict)] if isinstance(stages, list) else []
    limits, forms, data = settings.get("limits"), settings.get("forms"), settings.get("data")
    return {
        "stages": [(str(item.get("code")), str(item.get("name"))) for item in listed],
        "posts": sorted(known().permissions),
        "limits": sorted(limits) if isinstance(limits, dict) else [],
        "forms": sorted(forms) if isinstance(forms, dict) else [],
        "assignments": ASSIGNMENTS,
        "actions": [(item.code, gettext(item.name), " ".join(item.parameters)) for item in actions()],
        "names": [*CASE_NAMES, *(str(item.get("code")) for item in data or [] if isinstance(item, dict))]
        if isinstance(data, list)
        else list(CASE_NAMES),
        "functions": [(name, gettext(item.name)) for name, item in conditions().items()],
    }


def _publishing(text: VersionText, faults: "list[Fault]") -> dict[str, object]:
    before = next((item for item in versions(text.info.type_code) if item.state == "published"), None)
    old = version_text(before.id) if before else None
    old_diagram = Reading(old.process).diagram if old else None
    diagram = Reading(text.process).diagram
    changes = differences(old_diagram, diagram) if old_diagram and diagram else []
    return {
        "version": text.info,
        "before": before,
        "faults": _sentences(faults),
        "changes": changes,
        "settings_changed": old is not None and old.settings != text.settings,
    }


def _sentences(faults: "list[Fault]") -> list[tuple[str, str]]:
    return [(fault.element, fault.text(gettext(fault.sentence))) for fault in faults]
