"""Lists: the tasks that wait for oneself, and all cases that one may see."""

from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import CaseFilter, CaseRow, TaskRow
from onecity.platform.cases.permissions import VIEW
from onecity.platform.cases.registries import sources
from onecity.platform.cases.selectors import lists, waiting
from onecity.platform.cases.selectors.organisations import organisation_name
from onecity.platform.cases.selectors.types import creatable_types, visible_types
from onecity.platform.cases.views.filters import filter_facts
from onecity.platform.cases.views.shown import LIGHT, LIGHT_CHOICES, STATUS, STATUS_CHOICES, case_link
from onecity.web.access import requires, signed_in
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, Query, respond

DAY: Final = timedelta(days=1)
CARD_ROWS: Final = 6


@signed_in
@require_GET
def tasks(request: CityRequest) -> HttpResponseBase:
    """List the tasks that wait for the visitor, the one that is due first on top."""
    listing = Listing[TaskRow](
        title=zh("待办任务"),
        columns=(
            Column(zh("时限"), lambda row: LIGHT[row.light] if row.due_at else Badge(zh("不限时"))),
            Column(zh("任务"), lambda row: row.name, link=lambda row: f"{case_link(row)}#task-{row.id}"),
            Column(zh("案件"), lambda row: row.title, link=case_link),
            Column(zh("案件编号"), lambda row: row.number, look="code", wide_only=True),
            Column(zh("类型"), lambda row: row.type_name, wide_only=True),
            Column(zh("地址"), lambda row: row.address),
            Column(zh("到期时间"), lambda row: row.due_at, look="moment"),
            Column(zh("签收"), lambda row: _claimed(row, request.actor), wide_only=True),
        ),
        filters=(
            Filter("type", zh("全部类型"), choices=_type_choices(request.actor)),
            Filter("light", zh("全部时限状态"), choices=LIGHT_CHOICES),
            Filter("claimed", zh("仅看我已签收"), kind="flag"),
        ),
        fetch=lambda query: waiting.waiting_tasks(
            request.actor, filters=_task_filter(query), after=query.after, size=query.size, now=request.now
        ),
        empty=zh("没有等待您办理的任务"),
        template="cases/tasks.html",
        extra=filter_facts(request, "tasks"),
    )
    return respond(request, listing)


@signed_in
@require_GET
def waiting_card(request: CityRequest) -> HttpResponse:
    """Give the first waiting tasks as a fragment for the home page."""
    page = waiting.waiting_tasks(request.actor, size=CARD_ROWS, now=request.now)
    rows = [(row, LIGHT[row.light] if row.due_at else None, case_link(row)) for row in page.rows]
    return render(request, "cases/waiting_card.html", {"rows": rows, "count": page.count})


@requires(VIEW)
@require_GET
def cases(request: CityRequest) -> HttpResponseBase:
    """List the cases that the visitor may see, as a table and, where they have places, on the map."""
    actor = request.actor
    listing = Listing[CaseRow](
        title=zh("案件"),
        columns=(
            Column(zh("案件编号"), lambda row: row.number, look="code", link=case_link),
            Column(zh("标题"), lambda row: row.title, link=case_link),
            Column(zh("类型"), lambda row: row.class_name or row.type_name, look="code", wide_only=True),
            Column(zh("状态"), lambda row: STATUS[row.status]),
            Column(zh("阶段"), lambda row: row.stage_name if row.status == "open" else "", look="code", wide_only=True),
            Column(zh("时限"), lambda row: LIGHT[row.light]),
            Column(
                zh("承办机构"), lambda row: organisation_name(row.handler_id or row.organisation_id), wide_only=True
            ),
            Column(zh("立案时间"), lambda row: row.opened_at, look="moment"),
            Column(zh("办结时限"), lambda row: row.due_at, look="moment", wide_only=True),
        ),
        filters=(
            Filter("status", zh("全部状态"), choices=STATUS_CHOICES),
            Filter("type", zh("全部类型"), choices=_type_choices(actor)),
            Filter("light", zh("全部时限状态"), choices=LIGHT_CHOICES),
            Filter("source", zh("全部来源"), choices=[(item.code, item.name) for item in sources()]),
            Filter("division", zh("网格或区划代码"), kind="text"),
            Filter("from", zh("立案自"), kind="date_from"),
            Filter("to", zh("至"), kind="date_to"),
            Filter("mine", zh("我登记的"), kind="flag"),
        ),
        fetch=lambda query: lists.cases(
            actor, filters=case_filter(query, actor), search=query.search, after=query.after, size=query.size
        ),
        searchable=True,
        search_hint=zh("案件编号、标题、描述、地址，至少两个字"),
        empty=zh("没有符合条件的案件"),
        actions=[Action(zh("登记案件"), reverse("cases:new"))] if creatable_types(actor) else [],
        template="cases/cases.html",
        extra={"tabs": _tabs(request), **filter_facts(request, "cases")},
    )
    return respond(request, listing)


@requires(VIEW)
@require_GET
def by_id(request: CityRequest, case_id: int) -> HttpResponse:
    """Lead from a case's id, which maps and events carry, to its page."""
    return redirect("cases:case", lists.number_of(request.actor, case_id))


def case_filter(query: Query, actor: Actor) -> CaseFilter:
    """Read a list's filters."""
    chosen, until = query.filters, query.instant("to")
    return CaseFilter(
        status=chosen.get("status", ""),
        type_code=chosen.get("type", ""),
        stage_code=chosen.get("stage", ""),
        light=chosen.get("light", ""),
        class_code=chosen.get("class", ""),
        source_code=chosen.get("source", ""),
        division_code=chosen.get("division", ""),
        opened_from=query.instant("from"),
        opened_before=until + DAY if until else None,
        opened_by=actor.key if chosen.get("mine") else "",
    )


def _tabs(request: CityRequest) -> list[dict[str, object]]:
    """Return the statuses with their counts, as links above the list."""
    chosen = request.GET.get("status", "")
    tabs: list[dict[str, object]] = []
    for code, name in (("", zh("全部")), *STATUS_CHOICES):
        count = lists.count_cases(request.actor, filters=CaseFilter(status=code))
        tabs.append({"code": code, "name": name, "count": count, "chosen": code == chosen})
    return tabs


def _task_filter(query: Query) -> waiting.TaskFilter:
    chosen = query.filters
    return waiting.TaskFilter(chosen.get("type", ""), chosen.get("light", ""), bool(chosen.get("claimed")))


def _type_choices(actor: Actor) -> list[tuple[str, str]]:
    return [(item.code, item.name) for item in visible_types(actor)]


def _claimed(row: TaskRow, actor: Actor) -> Badge | str:
    return Badge(zh("我已签收"), "blue") if row.assignee_id is not None and row.assignee_id == actor.id else ""
