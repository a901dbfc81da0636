"""Alarm rules: the list, one version beside the others, drafting, publishing, taking out of force."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel.errors import Conflict, OneCityError
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import RuleInfo
from onecity.platform.iot.declare import PERIOD_NAMES
from onecity.platform.iot.forms import NewRuleForm, RuleForm, told
from onecity.platform.iot.permissions import MANAGE_RULES
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.series import SUB_VALUES
from onecity.platform.iot.selectors.alarm_rules import RuleQuery, rule, rules, versions
from onecity.platform.iot.services import alarm_rules as services
from onecity.platform.iot.views.shown import (
    KIND_NAMES,
    RULE,
    SEVERITY,
    SEVERITY_CHOICES,
    person_name,
    property_name,
    sentence,
    type_choices,
    type_name,
)
from onecity.platform.iot.views.wording import changes, condition, said_limits
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Column, Filter, Listing, respond

_BEGUN: Final = ("device_type", "property_code", "kind", "upper", "lower")


@requires(MANAGE_RULES)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the rules."""
    listing = Listing[RuleInfo](
        title=zh("告警规则"),
        columns=(
            Column(zh("规则名称"), lambda row: row.text.name, link=_link),
            Column(zh("规则编码"), lambda row: row.code, look="code", wide_only=True),
            Column(zh("版本"), lambda row: row.version, look="number", wide_only=True),
            Column(zh("状态"), lambda row: RULE[row.state]),
            Column(zh("设备类型"), lambda row: type_name(row.text.device_type), wide_only=True),
            Column(zh("监测项"), lambda row: property_name(row.text.device_type, row.text.property_code)),
            Column(zh("条件"), lambda row: condition(row.text)),
            Column(zh("级别"), lambda row: SEVERITY[row.text.severity]),
            Column(zh("发布时间"), lambda row: row.published_at, look="moment", wide_only=True),
        ),
        filters=(
            Filter("state", zh("现行版本"), choices=[(code, badge.text) for code, badge in RULE.items()]),
            Filter("type", zh("全部设备类型"), choices=type_choices()),
            Filter("severity", zh("全部级别"), choices=SEVERITY_CHOICES),
        ),
        fetch=lambda query: rules(
            RuleQuery(
                search=query.search,
                state=query.filters.get("state", ""),
                device_type=query.filters.get("type", ""),
                severity=query.filters.get("severity", ""),
                after=query.after,
                size=query.size,
            )
        ),
        searchable=True,
        search_hint=zh("规则名称或编码"),
        empty=zh("没有符合条件的告警规则"),
        actions=[Action(zh("新建规则"), reverse("iot:new_rule"))],
    )
    return respond(request, listing)


@requires(MANAGE_RULES)
@require_GET
def page(request: CityRequest, rule_id: int) -> HttpResponse:
    """Show a version of a rule."""
    info = rule(rule_id)
    others = versions(info.code)
    facts = {
        "rule": info,
        "state": RULE[info.state],
        "severity": SEVERITY[info.text.severity],
        "type_name": type_name(info.text.device_type),
        "property": property_name(info.text.device_type, info.text.property_code),
        "period": PERIOD_NAMES[info.text.period],
        "kind": KIND_NAMES[info.text.kind],
        "sub_value": SUB_VALUES.get(info.text.sub_value, info.text.sub_value),
        "condition": condition(info.text),
        "limits": said_limits(info.text),
        "author": person_name(info.author),
        "versions": [(item, RULE[item.state], person_name(item.author)) for item in others],
        "has_draft": any(item.state == "draft" for item in others),
        "changes": changes(info, others),
    }
    return render(request, "iot/rule.html", facts)


@requires(MANAGE_RULES)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Write the first draft of a rule."""
    begun = {name: request.GET[name] for name in _BEGUN if request.GET.get(name)}  # a linkage rule that is a threshold
    form = NewRuleForm(request.POST or None, initial=begun)
    form.offer()
    if request.method == "POST" and form.is_valid():
        try:
            made = services.draft_rule(
                request.actor, code=form.cleaned_data["code"], text=form.rule_text(), now=request.now
            )
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("草稿已保存，发布后生效"))
            return redirect("iot:rule", made)
    return _form_page(request, form, title=gettext("新建规则"), back=reverse("iot:rules"))


@requires(MANAGE_RULES)
@require_http_methods(["GET", "POST"])
def edit(request: CityRequest, rule_id: int) -> HttpResponse:
    """Change a draft."""
    info = rule(rule_id)
    if info.state != "draft":
        raise services.NotADraft
    form = RuleForm(request.POST or None, initial=told(info.text))
    form.offer()
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_draft(request.actor, rule_id=rule_id, text=form.rule_text())
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("草稿已保存，发布后生效"))
            return redirect("iot:rule", rule_id)
    title = gettext("修改草稿：%(name)s") % {"name": info.text.name}
    return _form_page(request, form, title=title, back=reverse("iot:rule", args=[rule_id]))


@requires(MANAGE_RULES)
@require_POST
def draft(request: CityRequest, rule_id: int) -> HttpResponse:
    """Begin the next version of a rule."""
    try:
        made = services.copy_rule(request.actor, rule_id=rule_id, now=request.now)
    except Conflict as refusal:
        messages.error(request, sentence(refusal))
        return redirect("iot:rule", rule_id)
    return redirect("iot:edit_rule", made)


@requires(MANAGE_RULES)
@require_POST
def publish(request: CityRequest, rule_id: int) -> HttpResponse:
    """Put a draft into force."""
    try:
        services.publish_rule(request.actor, rule_id=rule_id, now=request.now)
    except Conflict as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("规则已发布，一秒内生效"))
    return redirect("iot:rule", rule_id)


@requires(MANAGE_RULES)
@require_POST
def discard(request: CityRequest, rule_id: int) -> HttpResponse:
    """Throw a draft away."""
    services.discard_draft(request.actor, rule_id=rule_id)
    messages.success(request, gettext("草稿已删除"))
    return redirect("iot:rules")


@requires(MANAGE_RULES)
@require_POST
def withdraw(request: CityRequest, rule_id: int) -> HttpResponse:
    """Take a rule out of force."""
    services.withdraw_rule(request.actor, rule_id=rule_id, now=request.now)
    messages.success(request, gettext("规则已停用，其未解除的告警已一并解除"))
    return redirect("iot:rule", rule_id)


def _form_page(request: CityRequest, form: RuleForm, *, title: str, back: str) -> HttpResponse:
    codes = sorted({item.code for kind in device_types() for item in kind.properties})
    facts = {"form": form, "form_title": title, "back": back, "property_codes": codes}
    return render(request, "iot/rule_form.html", facts, status=422 if form.is_bound else 200)


def _link(row: RuleInfo) -> str:
    return reverse("iot:rule", args=[row.id])
