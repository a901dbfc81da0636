"""Joint handling on a case's page: who assists, cases opened under a task, and the forms of who leads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from onecity.kernel.errors import Invalid
from onecity.platform.cases.contracts import (
    AssistanceInfo,
    CaseInfo,
    NewAssistance,
    NewSubcase,
    SubcaseInfo,
    TaskInfo,
)
from onecity.platform.cases.forms import assistance_form, subcase_form
from onecity.platform.cases.permissions import VIEW
from onecity.platform.cases.rules.joint import JointRule, SubcaseRule
from onecity.platform.cases.selectors import details
from onecity.platform.cases.selectors.joint import assistances_of, parent_of, subcases_of
from onecity.platform.cases.selectors.organisations import organisation_choices, organisation_name
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services.joint import inviting, subcases
from onecity.platform.cases.views.shown import ASSISTANCE, LIGHT, STATUS
from onecity.web.access import requires
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest
from onecity.web.listing import Badge


@dataclass(frozen=True, slots=True)
class ShownAssistance:
    """An assisting body with what the page shows of it. mine: whether the visitor may wait for it no longer."""

    info: AssistanceInfo
    badge: Badge
    light: Badge
    organisation: str
    mine: bool


@dataclass(frozen=True, slots=True)
class ShownSubcase:
    """A case above or below with what the page shows of it."""

    info: SubcaseInfo
    badge: Badge
    light: Badge
    organisation: str


@dataclass(frozen=True, slots=True)
class JointOffer:
    """What a leading visitor may do under one of his tasks, with its form."""

    task: TaskInfo
    rule: JointRule | SubcaseRule
    url_name: str
    form: CityForm


def shown_assistances(facts: Mapping[str, object]) -> list[ShownAssistance]:
    """Return the assisting bodies among the facts of a page."""
    found = facts["assistances"]
    assert isinstance(found, list)
    return found


def joint_facts(request: CityRequest, shown: CaseInfo) -> dict[str, object]:
    """Return what the page shows of joint handling and sub-cases."""
    parent = parent_of(request.actor, shown.row.id)
    settings = version(shown.version_id).settings
    facts: dict[str, object] = {"parent": parent, "assistances": [], "subcases": [], "joint_offers": []}
    if not settings.joint and not settings.subcases:
        return facts
    mine = {item.id for item in shown.tasks if item.mine}
    facts["assistances"] = [_assistance(item, mine) for item in assistances_of(shown.row.id)]
    facts["subcases"] = [_subcase(item) for item in subcases_of(request.actor, shown.row.id)]
    facts["joint_offers"] = _offers(shown)
    return facts


@requires(VIEW)
@require_POST
def invite(request: CityRequest, number: str, task_id: int) -> HttpResponse:
    """Ask bodies to assist."""
    details.case_id(request.actor, number)

    def act() -> None:
        chosen = [item for item in request.POST.getlist("organisations") if item.isascii() and item.isdigit()]
        new = NewAssistance(
            task_id=task_id,
            rule_code=request.POST.get("rule", ""),
            organisations=tuple(map(int, chosen)),
            wish=request.POST.get("wish", ""),
        )
        inviting.invite(request.actor, new=new, now=request.now)

    return _tried(request, number, act, gettext("已邀请协办"))


@requires(VIEW)
@require_POST
def uninvite(request: CityRequest, number: str, assistance_id: int) -> HttpResponse:
    """Wait no longer for a body."""
    details.case_id(request.actor, number)
    inviting.uninvite(request.actor, assistance_id=assistance_id, now=request.now)
    messages.success(request, gettext("协办已撤回"))
    return redirect("cases:case", number)


@requires(VIEW)
@require_POST
def open_subcase(request: CityRequest, number: str, task_id: int) -> HttpResponse:
    """Open a case under a task."""
    details.case_id(request.actor, number)

    def act() -> None:
        owner = request.POST.get("organisation", "")
        new = NewSubcase(
            task_id=task_id,
            rule_code=request.POST.get("rule", ""),
            title=request.POST.get("title", ""),
            organisation_id=int(owner) if owner.isascii() and owner.isdigit() else 0,
            description=request.POST.get("description", ""),
        )
        subcases.open_subcase(request.actor, new=new, now=request.now)

    return _tried(request, number, act, gettext("子案件已下达"))


def _tried(request: CityRequest, number: str, act: Callable[[], None], done: str) -> HttpResponse:
    try:
        act()
    except Invalid as refusal:
        messages.error(request, gettext(next(iter(refusal.fields.values()), refusal.template)))
    else:
        messages.success(request, done)
    return redirect("cases:case", number)


def _offers(shown: CaseInfo) -> Sequence[JointOffer]:
    settings, choices, found = version(shown.version_id).settings, organisation_choices(), []
    for task in shown.tasks:
        if not task.mine:
            continue
        for rule in settings.joint.values():
            if rule.covers(task.node):
                form = assistance_form([item for item in choices if item[0] != task.organisation_id])
                found.append(_offer(task, rule, "cases:invite", form))
        for kind in settings.subcases.values():
            if kind.covers(task.node):
                found.append(_offer(task, kind, "cases:open_subcase", subcase_form(choices, title=shown.row.title)))
    return found


def _offer(task: TaskInfo, rule: JointRule | SubcaseRule, url_name: str, form: CityForm) -> JointOffer:
    form.auto_id = f"joint-{task.id}-{rule.code}-%s"
    return JointOffer(task, rule, url_name, form)


def _assistance(item: AssistanceInfo, mine: set[int]) -> ShownAssistance:
    organisation, waits = organisation_name(item.organisation_id), item.state == "waiting"
    return ShownAssistance(
        item, ASSISTANCE[item.state], LIGHT[item.light], organisation, waits and item.task_id in mine
    )


def _subcase(item: SubcaseInfo) -> ShownSubcase:
    return ShownSubcase(item, STATUS[item.status], LIGHT[item.light], organisation_name(item.organisation_id))
