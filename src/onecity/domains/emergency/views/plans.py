"""The list of plans, and one version: read by all, written as a draft, published by another."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.emergency.contracts import GroupDraft, LevelDraft, NeedDraft, PlanDraft, StepDraft
from onecity.domains.emergency.forms.plans import GroupForm, LevelForm, NeedForm, NewPlanForm, PlanForm, StepForm
from onecity.domains.emergency.models import Plan, PlanVersion
from onecity.domains.emergency.permissions import PUBLISH_PLAN, VIEW, WRITE_PLAN
from onecity.domains.emergency.rules.codes import RESPONSE_LEVELS
from onecity.domains.emergency.selectors import plans as reading
from onecity.domains.emergency.services import plans as writing
from onecity.domains.emergency.views.deeds import said
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond

STATES: Mapping[str, Badge] = {
    "draft": Badge(zh("草稿"), "grey"),
    "published": Badge(zh("已发布"), "green"),
    "retired": Badge(zh("已失效"), "orange"),
}
PARTS: Mapping[str, tuple[str, type[CityForm], Callable[..., object]]] = {
    "level": ("levels", LevelForm, LevelDraft),
    "group": ("groups", GroupForm, GroupDraft),
    "step": ("steps", StepForm, StepDraft),
    "need": ("needs", NeedForm, NeedDraft),
}


@requires(VIEW)
@require_GET
def plans(request: CityRequest) -> HttpResponseBase:
    """List the versions of plans, the newest change first."""
    may_write = request.actor.may(WRITE_PLAN)
    listing = Listing[PlanVersion](
        title=zh("应急预案"),
        columns=(
            Column(zh("状态"), lambda row: STATES[row.state]),
            Column(
                zh("预案名称"), lambda row: row.plan.name, link=lambda row: reverse("emergency:plan", args=[row.pk])
            ),
            Column(zh("版本号"), lambda row: row.number, look="number"),
            Column(zh("预案类别"), lambda row: gettext(row.plan.get_kind_display()), wide_only=True),
            Column(zh("编制机构"), lambda row: row.plan.organisation.name, wide_only=True),
            Column(zh("评估修订期限"), lambda row: row.review_by, wide_only=True),
            Column(zh("变更时间"), lambda row: row.changed_at, look="moment"),
        ),
        filters=(
            Filter("state", zh("全部状态"), choices=[(code, badge.text) for code, badge in STATES.items()]),
            Filter("kind", zh("全部类别"), choices=Plan.Kind.choices),
        ),
        fetch=lambda query: reading.versions(request.actor, query=query),
        searchable=True,
        actions=(Action(zh("新编预案"), reverse("emergency:new_plan")),) if may_write else (),
        empty=zh("还没有应急预案"),
    )
    return respond(request, listing)


@requires(WRITE_PLAN)
@require_http_methods(["GET", "POST"])
def new_plan(request: CityRequest) -> HttpResponse:
    """Begin a new plan."""
    form = NewPlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if Plan.objects.filter(code=form.cleaned_data["code"]).exists():
                raise Invalid(fields={"code": zh("已有这个编码的预案")})
            draft = PlanDraft(levels=(), groups=(), steps=(), **form.cleaned_data)
            version = writing.write_plan(request.actor, draft=draft, now=request.now)
        except Invalid as refusal:
            form.take(refusal)
        else:
            return redirect("emergency:plan", version.pk)
    return render(request, "emergency/new_plan.html", {"form": form}, status=422 if form.errors else 200)


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def plan(request: CityRequest, version_id: int) -> HttpResponse:
    """Show one version; a draft is written here, part by part."""
    version = reading.version_of(request.actor, version_id)
    forms = _forms(version, None, "")
    if request.method == "POST":
        part = request.POST.get("part", "")
        forms = _forms(version, request, part)
        if _changed(request, version, part, forms):
            return redirect("emergency:plan", version_id)
    steps = [(row, RESPONSE_LEVELS[row.weakest_level]) for row in reading.steps_of(version)]
    facts = {
        "version": version,
        "state": STATES[version.state],
        "levels": [(row, RESPONSE_LEVELS[row.level]) for row in reading.levels_of(version)],
        "groups": reading.groups_of(version),
        "steps": steps,
        "needs": reading.needs_of(version),
        "forms": forms,
        "may_write": request.actor.may(WRITE_PLAN),
        "may_publish": request.actor.may(PUBLISH_PLAN) and version.author_id != request.actor.id,
        "may_retire": request.actor.may(PUBLISH_PLAN),
    }
    return render(request, "emergency/plan.html", facts, status=422 if request.method == "POST" else 200)


@requires(VIEW)
@require_POST
def turn_plan(request: CityRequest, version_id: int) -> HttpResponse:
    """Publish, retire, or begin the next version."""
    reading.version_of(request.actor, version_id)
    deed, goal = request.POST.get("deed", ""), version_id
    try:
        if deed == "publish":
            writing.publish_plan(request.actor, version_id=version_id, now=request.now)
        elif deed == "retire":
            writing.retire_plan(request.actor, version_id=version_id, now=request.now)
        else:
            goal = writing.new_draft(request.actor, version_id=version_id, now=request.now).pk
    except (Invalid, Conflict, NotFound) as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, gettext("已办理"))
    return redirect("emergency:plan", goal)


def _forms(version: PlanVersion, request: CityRequest | None, part: str) -> dict[str, CityForm]:
    """Return the forms of a draft; the one that was posted is filled."""
    draft = reading.as_draft(version)
    head = {name: getattr(draft, name) for name in PlanForm.base_fields}
    given = request.POST if request else None
    forms: dict[str, CityForm] = {
        "plan": PlanForm(given if part == "plan" else None, initial=head),
        **{name: form(given if part == name else None) for name, (_, form, _) in PARTS.items()},
    }
    step = forms["step"]
    assert isinstance(step, StepForm)
    step.offer_groups([(row.code, row.name) for row in draft.groups])
    return forms


def _changed(request: CityRequest, version: PlanVersion, part: str, forms: Mapping[str, CityForm]) -> bool:
    """Do what was posted; False where a form comes back."""
    form = forms.get(part)
    if form is not None and not form.is_valid():
        return False
    try:
        changes = _added(version, part, form.cleaned_data) if form else _removed(version, request)
        writing.change_draft(request.actor, version_id=version.pk, now=request.now, **changes)
    except (Invalid, Conflict) as refusal:
        if form is None:
            messages.error(request, said(refusal))
            return True
        form.take(refusal)
        return False
    return True


def _added(version: PlanVersion, part: str, data: Mapping[str, Any]) -> dict[str, object]:
    if part == "plan":
        return dict(data)
    name, _, kind = PARTS[part]
    rows: tuple[object, ...] = getattr(reading.as_draft(version), name)
    return {name: (*rows, kind(**data))}


def _removed(version: PlanVersion, request: CityRequest) -> dict[str, object]:
    """Take the row out that stands at a place of a part; a group goes with its steps."""
    draft = reading.as_draft(version)
    name = PARTS.get(request.POST.get("remove", ""), ("levels", None, None))[0]
    place = request.POST.get("place", "")
    rows = asdict(draft)[name]
    if not place.isdigit() or int(place) >= len(rows):
        raise Invalid(fields={"place": zh("没有这一行")})
    kept = tuple(row for number, row in enumerate(getattr(draft, name)) if number != int(place))
    if name != "groups":
        return {name: kept}
    codes = {row.code for row in kept}
    return {name: kept, "steps": tuple(step for step in draft.steps if step.group_code in codes)}
