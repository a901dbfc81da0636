"""Writing rules: the first draft, changes of a draft, a look at the condition while it is written, publishing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.errors import Conflict, OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.forms.linkage import LinkageForm, NewLinkageForm, beginning, told
from onecity.platform.iot.permissions import MANAGE_LINKAGE
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.conditions import FUNCTIONS, BadCondition, Mode, condition_of
from onecity.platform.iot.rules.conditions.language import CLOCK
from onecity.platform.iot.selectors.linkage.members import reached
from onecity.platform.iot.selectors.linkage.reading import edition_of, linkage_rule
from onecity.platform.iot.selectors.linkage.told import group_name, keys_of
from onecity.platform.iot.services.linkage import editing, publishing
from onecity.platform.iot.views.linkage import shown
from onecity.platform.iot.views.shown import sentence
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(MANAGE_LINKAGE)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Write a rule's first draft."""
    form = NewLinkageForm(request.POST or None, initial=beginning())
    form.offer(request.actor)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = editing.make_rule(
                request.actor,
                name=given["name"],
                organisation_id=given["organisation_id"],
                priority=given["priority"],
                text=form.linkage_text(request.actor),
                now=request.now,
            )
        except OneCityError as refusal:
            take(form, refusal)
        else:
            messages.success(request, gettext("草稿已保存，可以先试算，再发布"))
            return redirect("iot:linkage_rule", made)
    return _form_page(request, form, title=gettext("新建联动规则"), back=reverse("iot:linkage"))


@requires(MANAGE_LINKAGE)
@require_http_methods(["GET", "POST"])
def edit(request: CityRequest, rule_id: int) -> HttpResponse:
    """Change a rule's draft."""
    info = linkage_rule(request.actor, rule_id, permission=MANAGE_LINKAGE)
    if not info.draft:
        raise editing.NoDraft
    text = edition_of(rule_id, info.draft).text
    form = LinkageForm(request.POST or None, initial=told(text, keys=keys_of(text.device_ids)))
    form.offer(request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            editing.edit_draft(request.actor, rule_id=rule_id, text=form.linkage_text(request.actor))
        except OneCityError as refusal:
            take(form, refusal)
        else:
            messages.success(request, gettext("草稿已保存，可以先试算，再发布"))
            return redirect("iot:linkage_edition", rule_id, info.draft)
    title = gettext("修改草稿：%(name)s") % {"name": info.name}
    return _form_page(request, form, title=title, back=reverse("iot:linkage_rule", args=[rule_id]))


@requires(MANAGE_LINKAGE)
@require_GET
def check(request: CityRequest) -> HttpResponse:
    """Say of a condition written by hand whether it is one, and what it looks at; a fragment, or a page of its own."""
    text = request.GET.get("condition", "")
    facts: dict[str, object] = {"text": text}
    try:
        mode = Mode(request.GET.get("mode", Mode.EACH))
        facts["needs"] = [need.label for need in condition_of(text, mode=mode).needs]
    except BadCondition as bad:
        facts["faults"] = [
            (fault.line, fault.column, gettext(fault.message).format(**fault.facts)) for fault in bad.faults
        ]
    except ValueError:
        facts["faults"] = [(1, 1, gettext("没有这种判断方式"))]
    template = "iot/linkage/checked.html" if request.wants_fragment else "iot/linkage/checked_page.html"
    return render(request, template, facts)


@requires(MANAGE_LINKAGE)
@require_POST
def draft(request: CityRequest, rule_id: int) -> HttpResponse:
    """Begin the next edition of a rule."""
    edition = request.POST.get("edition", "")
    try:
        editing.begin_draft(
            request.actor, rule_id=rule_id, edition=int(edition) if edition.isdigit() else 0, now=request.now
        )
    except Conflict as refusal:
        messages.error(request, sentence(refusal))
        return redirect("iot:linkage_rule", rule_id)
    return redirect("iot:edit_linkage", rule_id)


@requires(MANAGE_LINKAGE)
@require_POST
def discard(request: CityRequest, rule_id: int) -> HttpResponse:
    """Throw a draft away."""
    kept = editing.discard_draft(request.actor, rule_id=rule_id)
    messages.success(request, gettext("草稿已删除"))
    return redirect("iot:linkage_rule", rule_id) if kept else redirect("iot:linkage")


@requires(MANAGE_LINKAGE)
@require_http_methods(["GET", "POST"])
def publish(request: CityRequest, rule_id: int) -> HttpResponse:
    """Show what publishing would do, and do it when it is confirmed."""
    info = linkage_rule(request.actor, rule_id, permission=MANAGE_LINKAGE)
    if not info.draft:
        raise editing.NoDraft
    if request.method == "POST":
        try:
            publishing.publish(
                request.actor, rule_id=rule_id, enable="enable" in request.POST or info.enabled, now=request.now
            )
        except OneCityError as refusal:
            messages.error(request, sentence(refusal))
        else:
            messages.success(request, gettext("规则已发布"))
            return redirect("iot:linkage_rule", rule_id)
    new_edition = edition_of(rule_id, info.draft)
    before = edition_of(rule_id, info.published) if info.published else None
    text = new_edition.text
    facts = {
        "rule": info,
        "edition": new_edition,
        "condition": shown.said_condition(text),
        "times": shown.said_times(text),
        "devices": shown.said_devices(
            text, group=group_name(text.group_id), keys=sorted(keys_of(text.device_ids).values())
        ),
        "reached": reached(info.organisation_id, text),
        "actions": [shown.said_action(action) for action in text.actions],
        "changes": shown.changes(new_edition, before),
    }
    return render(request, "iot/linkage/publish.html", facts)


def take(form: LinkageForm, refusal: OneCityError) -> None:
    """Show a service's error beside the fields it names; what concerns an action stands beside the action."""
    written = dict(zip(("condition", "ending"), form.conditions(), strict=True))
    by_parts, mode = form.cleaned_data["how"] == "parts", form.cleaned_data["mode"]
    for name, text in refusal.fields.items():
        own, said = _own_field(name), gettext(text)
        if name in written:
            said = said_fault(written[name], mode=mode) or said
            own = "how" if by_parts else name
        form.add_error(own if own in form.fields else None, said)
    if not refusal.fields:
        form.add_error(None, refusal.sentence(gettext(refusal.template)))


def _own_field(name: str) -> str:
    """Return what the form calls a field of the service."""
    kind, _, place = name.partition(".")
    if kind == "actions":
        return f"a{place or 0}_kind"
    return {"device_ids": "device_keys", "hold_s": "hold_min", "end_hold_s": "end_hold_min"}.get(name, name)


def said_fault(text: str, *, mode: str) -> str:
    """Return what is wrong with a condition in the visitor's language; "" if nothing is."""
    try:
        condition_of(text, mode=Mode(mode))
    except BadCondition as bad:
        first = bad.faults[0]
        what = gettext(first.message).format(**first.facts)
        return gettext(bad.template).format(line=first.line, column=first.column, what=what)
    return ""


def _form_page(request: CityRequest, form: LinkageForm, *, title: str, back: str) -> HttpResponse:
    kinds = list(device_types())
    facts = {
        "form": form,
        "form_title": title,
        "back": back,
        "facts": [form[name] for name in ("name", "organisation_id", "priority") if name in form.fields],
        "property_codes": sorted({(item.code, item.name) for kind in kinds for item in kind.properties}),
        "command_codes": sorted({(item.code, item.name) for kind in kinds for item in kind.commands}),
        "functions": [(name, text) for name, (_, text) in (*FUNCTIONS.items(), *CLOCK.items())],
        "example": 'mean("pm2_5", duration("10m")) > 75.0 && hour() >= 7',
        "intro": zh("条件由后台按监测时间逐步判断；单项限值请用告警规则，读数入库即判。"),
    }
    return render(request, "iot/linkage/form.html", facts, status=422 if form.is_bound else 200)
