"""One case: its page, its process as drawn, its print, and what people do with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel.errors import Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import CaseInfo, EntryInfo, OutcomeInfo, TaskAnswer, TaskInfo
from onecity.platform.cases.forms import form_values, task_form
from onecity.platform.cases.models import Entry
from onecity.platform.cases.permissions import LOOK, MERGE, SUPERVISE, VIEW
from onecity.platform.cases.registries import panels, sources
from onecity.platform.cases.selectors import details
from onecity.platform.cases.selectors.cards import cards_of
from onecity.platform.cases.selectors.joint import held_tasks
from onecity.platform.cases.selectors.organisations import organisation_choices, organisation_name
from onecity.platform.cases.selectors.types import version_text
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services import answering, merging, reporters, tasks
from onecity.platform.cases.views.joint import ShownAssistance, joint_facts, shown_assistances
from onecity.platform.cases.views.requests import ShownRequest, request_facts, shown_requests
from onecity.platform.cases.views.shown import CARD_LEVEL, CARD_STATE, ENTRY_ICONS, LIGHT, STATUS, URGENCY
from onecity.platform.documents.api import documents_of
from onecity.platform.documents.contracts import Upload
from onecity.platform.identity.api import account
from onecity.web.access import requires, signed_in
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task with what the page shows of it. forms: (outcome, form) pairs for whoever may end it.

    request: what the task is to decide, if it is an approval. assistance: what it is to do, if a body assists by it.
    """

    info: TaskInfo
    organisation: str
    forms: Sequence[tuple[OutcomeInfo, CityForm]]
    request: ShownRequest | None = None
    assistance: ShownAssistance | None = None


@requires(VIEW)
@require_GET
def case(request: CityRequest, number: str) -> HttpResponse:
    """Show a case."""
    return _page(request, number)


@requires(VIEW)
@require_GET
def printed(request: CityRequest, number: str) -> HttpResponse:
    """Show a case as it is printed."""
    facts = _facts(request, details.case(request.actor, number, now=request.now))
    return render(request, "cases/print.html", facts)


@requires(VIEW)
@require_GET
def process(request: CityRequest, number: str) -> HttpResponse:
    """Give the diagram of the version under which a case runs."""
    found = details.case(request.actor, number, now=request.now)
    text = version_text(found.version_id).process
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


@signed_in
@require_POST
def complete(request: CityRequest, number: str, task_id: int) -> HttpResponse:
    """End a task with an outcome; what is lacking is shown beside its field."""
    shown = details.case(request.actor, number, now=request.now)
    task = next((item for item in shown.tasks if item.id == task_id), None)
    outcome = next((item for item in task.outcomes if item.code == request.POST.get("outcome")), None) if task else None
    if task is None or outcome is None:
        raise Invalid(fields={"outcome": zh("请选择一个处理结果")})
    form = _form(shown, task, outcome, request)
    if not form.is_valid():
        return _page(request, number, refused=(task_id, outcome.code, form))
    organisation = form.cleaned_data.get("organisation", "")
    answer = TaskAnswer(
        outcome=outcome.code,
        note=form.cleaned_data["note"],
        organisation_id=int(organisation) if organisation else None,
        data=form_values(form),
        revision=_number(request, "revision"),
        overrule=form.cleaned_data.get("overrule", ""),
    )
    try:
        done = answering.complete_with_files(
            request.actor, task_id=task_id, answer=answer, uploads=_uploads(request), now=request.now
        )
    except Invalid as refusal:
        form.take(refusal)
        return _page(request, number, refused=(task_id, outcome.code, form))
    _say_done(request, done.status, done.opened)
    return redirect("cases:case", number)


@signed_in
@require_POST
def claim(request: CityRequest, number: str, task_id: int) -> HttpResponse:
    """Take a task for oneself."""
    tasks.claim(request.actor, task_id=task_id, now=request.now)
    return redirect("cases:case", number)


@signed_in
@require_POST
def release(request: CityRequest, number: str, task_id: int) -> HttpResponse:
    """Give a task back."""
    tasks.release(request.actor, task_id=task_id, now=request.now)
    return redirect("cases:case", number)


@requires(SUPERVISE)
@require_POST
def reassign(request: CityRequest, number: str, task_id: int) -> HttpResponse:
    """Give a task to another organisation."""

    def act() -> None:
        organisation = _number(request, "organisation")
        if organisation is None:
            raise Invalid(fields={"organisation": zh("请选择承办机构")})
        reason = request.POST.get("reason", "")
        tasks.reassign(request.actor, task_id=task_id, organisation_id=organisation, reason=reason, now=request.now)

    return _tried(request, number, act, gettext("任务已改派"))


@requires(VIEW)
@require_POST
def note(request: CityRequest, number: str) -> HttpResponse:
    """Add a note."""

    def act() -> None:
        found = details.case_id(request.actor, number)
        tasks.add_note(request.actor, case_id=found, text=request.POST.get("text", ""), now=request.now)

    return _tried(request, number, act, gettext("备注已添加"))


@requires(VIEW)
@require_POST
def add_files(request: CityRequest, number: str) -> HttpResponse:
    """Add files to a case."""

    def act() -> None:
        found = details.case_id(request.actor, number)
        uploads = _uploads(request)
        if not uploads:
            raise Invalid(fields={"files": zh("请选择文件")})
        answering.add_files(request.actor, case_id=found, uploads=uploads, now=request.now)

    return _tried(request, number, act, gettext("文件已添加"))


@requires(MERGE)
@require_POST
def merge(request: CityRequest, number: str) -> HttpResponse:
    """Merge this case into another one."""

    def act() -> None:
        merging.merge_cases(
            request.actor,
            away_id=details.case_id(request.actor, number),
            into_id=details.case_id(request.actor, request.POST.get("into", "")),
            reason=request.POST.get("reason", ""),
            now=request.now,
            revision=_number(request, "revision"),
        )

    return _tried(request, number, act, gettext("案件已合并"))


@requires(LOOK)
@require_POST
def reporter(request: CityRequest, number: str) -> HttpResponse:
    """Show the reporter in clear to whoever says why."""
    found = reporters.look_at_reporter(request.actor, number=number, reason=request.POST.get("reason", ""))
    template = "cases/reporter.html" if request.wants_fragment else "cases/reporter_page.html"
    return render(request, template, {"reporter": found, "number": number})


def _tried(request: CityRequest, number: str, act: Callable[[], None], done: str) -> HttpResponse:
    """Do something and go back to the case, telling how it went."""
    try:
        act()
    except Invalid as refusal:
        messages.error(request, _sentence(refusal))
    else:
        messages.success(request, done)
    return redirect("cases:case", number)


def _sentence(error: OneCityError) -> str:
    first = next(iter(error.fields.values()), "")
    return gettext(first) if first else error.sentence(gettext(error.template))


def _say_done(request: CityRequest, status: str, opened: Sequence[str]) -> None:
    if status != "open":
        messages.success(request, gettext("办理完成，案件已结束"))
    elif opened:
        names = "、".join(gettext(name) for name in opened)
        messages.success(request, gettext("办理完成，下一步：%(names)s") % {"names": names})
    else:
        messages.success(request, gettext("办理完成"))


def _page(request: CityRequest, number: str, *, refused: "tuple[int, str, CityForm] | None" = None) -> HttpResponse:
    shown = details.case(request.actor, number, now=request.now)
    facts = _facts(request, shown)
    made = shown_requests(request, shown)
    asked = {item.info.approval_id: item for item in made}
    waiting = [_shown(request, shown, task, refused) for task in shown.tasks if task.state == "open"]
    facts |= {"requests": made, **request_facts(request, shown), **joint_facts(request, shown)}
    wished = {item.info.assist_id: item for item in shown_assistances(facts)}
    facts["tasks"] = [
        replace(item, request=asked.get(item.info.id), assistance=wished.get(item.info.id)) for item in waiting
    ]
    facts["cards"] = [(item, CARD_LEVEL[item.level], CARD_STATE[item.state]) for item in cards_of(shown.row.id)]
    facts["refused"] = refused
    facts["neighbours"] = details.near(request.actor, shown.row) if shown.row.status == "open" else []
    facts["panels"] = [item for item in panels() if shown.row.type_code in item.type_codes]
    return render(request, "cases/case.html", facts, status=422 if refused else 200)


def _facts(request: CityRequest, shown: CaseInfo) -> dict[str, object]:
    passed, now = details.passed_nodes(shown.tasks)
    actor, source = request.actor, sources().get(shown.row.source_code)
    return {
        "case": shown,
        "row": shown.row,
        "status": STATUS[shown.row.status],
        "light": LIGHT[shown.row.light],
        "urgency": URGENCY.get(shown.row.urgency, URGENCY[0]),
        "owner": organisation_name(shown.row.organisation_id),
        "handler": organisation_name(shown.row.handler_id),
        "source": source.name if source else "",
        "files": documents_of(actor, holder=answering.HOLDER, holder_id=shown.row.id),
        "passed_nodes": " ".join(passed),
        "open_nodes": " ".join(now),
        "ended_tasks": [
            (task, organisation_name(task.organisation_id)) for task in shown.tasks if task.state == "done"
        ],
        "history": [_line(item) for item in details.entries_of(shown.row.id)],
        "may_look": actor.may(LOOK) and bool(shown.reporter_phone or shown.reporter_name),
        "may_merge": actor.may(MERGE) and shown.row.status == "open",
        "may_supervise": actor.may(SUPERVISE),
        "organisations": organisation_choices() if actor.may(SUPERVISE) else [],
    }


def _shown(
    request: CityRequest, shown: CaseInfo, task: TaskInfo, refused: "tuple[int, str, CityForm] | None"
) -> ShownTask:
    forms: list[tuple[OutcomeInfo, CityForm]] = []
    for outcome in task.outcomes if task.mine else ():
        again = refused is not None and refused[:2] == (task.id, outcome.code)
        forms.append((outcome, refused[2] if again and refused else _form(shown, task, outcome)))
    return ShownTask(task, organisation_name(task.organisation_id), forms)


def _form(shown: CaseInfo, task: TaskInfo, outcome: OutcomeInfo, request: CityRequest | None = None) -> CityForm:
    settings = version(shown.version_id).settings
    form = task_form(
        outcome,
        settings.forms.get(task.form),
        organisations=organisation_choices(),
        values=request.POST if request else None,
        held=task.id in held_tasks(shown.row.id, settings),
    )
    form.auto_id = f"task-{task.id}-{outcome.code}-%s"
    return form


def _line(item: EntryInfo) -> dict[str, object]:
    light = LIGHT.get(str(item.data.get("light", "")))
    return {
        "item": item,
        "title": Entry.Kind(item.kind).label,
        "due": _moment(item.data.get("due_at")),
        "assigned": _person(item.data.get("assignee_id")),
        "icon": ENTRY_ICONS.get(item.kind, "point"),
        "organisation": organisation_name(item.organisation_id),
        "light": light,
        "to": organisation_name(_whole(item.data.get("organisation_id"))),
        "handler": organisation_name(_whole(item.data.get("handler_id"))),
        "status": STATUS.get(str(item.data.get("status", ""))),
    }


def _person(value: object) -> str:
    return account(value).full_name if isinstance(value, int) else ""


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _uploads(request: CityRequest) -> list[Upload]:
    return [item for item in request.FILES.getlist("files") if isinstance(item, UploadedFile)]


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _number(request: CityRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else None
