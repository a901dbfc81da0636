"""One rule: what is in force, its editions, what it did lately; switched, copied, and looked at firing by firing."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel.errors import OneCityError
from onecity.platform.iot.contracts.linkage import LinkageEditionInfo, LinkageInfo
from onecity.platform.iot.permissions import MANAGE_LINKAGE, VIEW_LINKAGE
from onecity.platform.iot.rules.conditions import Mode, condition_of
from onecity.platform.iot.rules.conditions.plain import Threshold, threshold_of
from onecity.platform.iot.selectors.linkage.members import reached
from onecity.platform.iot.selectors.linkage.reading import (
    FiringQuery,
    edition_of,
    editions_of,
    firing,
    firings,
    linkage_rule,
)
from onecity.platform.iot.selectors.linkage.told import group_name, keys_of
from onecity.platform.iot.services.linkage import acting, editing, publishing
from onecity.platform.iot.views.linkage import shown
from onecity.platform.iot.views.shown import organisation_names, person_name, sentence
from onecity.web.access import requires
from onecity.web.http import CityRequest

LATELY: Final = 8


@requires(VIEW_LINKAGE)
@require_GET
def page(request: CityRequest, rule_id: int) -> HttpResponse:
    """Show a rule with the edition in force, or its draft while none is."""
    info = linkage_rule(request.actor, rule_id)
    return _page(request, info, edition_of(rule_id, info.published or info.draft))


@requires(VIEW_LINKAGE)
@require_GET
def edition_page(request: CityRequest, rule_id: int, number: int) -> HttpResponse:
    """Show one edition of a rule, with what it changed."""
    return _page(request, linkage_rule(request.actor, rule_id), edition_of(rule_id, number))


@requires(VIEW_LINKAGE)
@require_GET
def firing_page(request: CityRequest, rule_id: int, firing_id: int) -> HttpResponse:
    """Show one firing: what it saw, and what became of each action."""
    info = linkage_rule(request.actor, rule_id)
    found = firing(rule_id, firing_id)
    facts = {
        "rule": info,
        "firing": found,
        "state": shown.firing_badge(found),
        "values": shown.said_values(found.values),
        "outcomes": [
            (item, shown.OUTCOME[item.state], *shown.said_action(item.action), shown.outcome_link(item))
            for item in found.outcomes
        ],
        "may_manage": request.actor.may(MANAGE_LINKAGE),
    }
    return render(request, "iot/linkage/firing.html", facts)


@requires(MANAGE_LINKAGE)
@require_POST
def try_again(request: CityRequest, rule_id: int, outcome_id: int) -> HttpResponse:
    """Have an action that failed tried again."""
    try:
        firing_id = acting.retry(request.actor, rule_id=rule_id, outcome_id=outcome_id)
    except acting.NothingFailed as refusal:
        messages.error(request, sentence(refusal))
        return redirect("iot:linkage_rule", rule_id)
    messages.success(request, gettext("已重新执行，稍后刷新查看结果"))
    return redirect("iot:linkage_firing", rule_id, firing_id)


@requires(MANAGE_LINKAGE)
@require_POST
def switch(request: CityRequest, rule_id: int) -> HttpResponse:
    """Switch a rule on or off."""
    try:
        if request.POST.get("on"):
            publishing.switch_on(request.actor, rule_id=rule_id, now=request.now)
            messages.success(request, gettext("规则已启用，从现在起判断"))
        else:
            publishing.switch_off(request.actor, rule_id=rule_id, now=request.now)
            messages.success(request, gettext("规则已停用，未恢复的触发已一并结束"))
    except publishing.NothingPublished as refusal:
        messages.error(request, sentence(refusal))
    return redirect("iot:linkage_rule", rule_id)


@requires(MANAGE_LINKAGE)
@require_POST
def change(request: CityRequest, rule_id: int) -> HttpResponse:
    """Change a rule's name and priority."""
    priority = request.POST.get("priority", "")
    try:
        editing.change_rule(
            request.actor,
            rule_id=rule_id,
            name=request.POST.get("name", ""),
            priority=int(priority) if priority.isdigit() else 0,
        )
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("已保存"))
    return redirect("iot:linkage_rule", rule_id)


@requires(MANAGE_LINKAGE)
@require_POST
def copy(request: CityRequest, rule_id: int) -> HttpResponse:
    """Make a new rule that says the same."""
    try:
        made = editing.copy_rule(request.actor, rule_id=rule_id, name=request.POST.get("name", ""), now=request.now)
    except OneCityError as refusal:
        messages.error(request, sentence(refusal))
        return redirect("iot:linkage_rule", rule_id)
    messages.success(request, gettext("已复制为新规则的草稿"))
    return redirect("iot:edit_linkage", made)


def _page(request: CityRequest, info: LinkageInfo, edition: LinkageEditionInfo) -> HttpResponse:
    text, others = edition.text, editions_of(info.id)
    before = next((item for item in others if item.edition == edition.edition - 1), None)
    keys = keys_of(text.device_ids)
    facts = {
        "rule": info,
        "state": shown.rule_badge(info),
        "organisation": organisation_names().get(info.organisation_id, ""),
        "edition": edition,
        "edition_state": shown.EDITION[edition.state],
        "person": person_name(edition.publisher or edition.author),
        "condition": shown.said_condition(text),
        "times": shown.said_times(text),
        "devices": shown.said_devices(text, group=group_name(text.group_id), keys=sorted(keys.values())),
        "reached": reached(info.organisation_id, text),
        "actions": [shown.said_action(action) for action in text.actions],
        "editions": [(item, shown.EDITION[item.state], person_name(item.author)) for item in others],
        "changes": shown.changes(edition, before),
        "before": before,
        "lately": [(row, shown.firing_badge(row)) for row in firings(FiringQuery(info.id, size=LATELY)).rows],
        "threshold": _threshold(edition),
        "may_manage": request.actor.may(MANAGE_LINKAGE),
        "priorities": range(1, 10),
    }
    return render(request, "iot/linkage/rule.html", facts)


def _threshold(edition: LinkageEditionInfo) -> Threshold | None:
    """Return the plain threshold that an edition is: an alarm rule would be judged with the reading itself."""
    text = edition.text
    only_alarms = all(action.kind == "alarm" for action in text.actions)
    if not only_alarms or not text.type_code or text.group_id or text.device_ids:
        return None
    return threshold_of(condition_of(text.condition, mode=Mode(text.mode)))
