"""The data explorer: choose series, look at them together, compare, keep the view, take the data away."""

from typing import Final

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel import clock
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.declare import PERIOD_NAMES
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.selectors.explorer import (
    Stream,
    export_file,
    exports_of,
    saved_views,
    search_streams,
    streams_for,
)
from onecity.platform.iot.selectors.history import asked, history
from onecity.platform.iot.services import exports
from onecity.platform.iot.services.saved_views import delete_view, save_view
from onecity.platform.iot.views.explained import chart_of, rows_of, summaries, title_of
from onecity.platform.iot.views.exploring import COMPARED, SPANS, STEPS, VALUES, Question, question_of
from onecity.platform.iot.views.shown import sentence, type_choices
from onecity.web.access import requires
from onecity.web.http import CityRequest

MOST_READINGS: Final = 200_000
KEPT: Final = ("s", "since", "until", "span", "step", "value", "compare")
KIND_NAMES: Final = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}
SOURCES: Final = {
    "raw": zh("原始读数"),
    "cold": zh("归档文件"),
    "late": zh("归档补报"),
    "minute": zh("分钟汇总"),
    "hour": zh("小时汇总"),
    "day": zh("日汇总"),
}


@requires(VIEW_DEVICES)
@require_GET
def page(request: CityRequest) -> HttpResponse:
    """Show the explorer; what is asked for stands in the address."""
    fault = ""
    try:
        question = question_of(request.GET, now=request.now)
        streams = streams_for(request.actor, question.streams)
        answer = _answer(question, streams) if streams else {}
    except Invalid as refusal:
        fault = sentence(refusal)
        question = question_of(QueryDict(), now=request.now)
        streams, answer = [], {}
    facts = {
        "question": question,
        "fault": fault,
        "chosen": [(stream, title_of(stream), _without(request.GET, stream.info.id)) for stream in streams],
        "spans": [(code, name) for code, (name, _) in SPANS.items()],
        "steps": [(code, name) for code, (name, _) in STEPS.items()],
        "values": list(VALUES.items()),
        "compared": [(code, name) for code, (name, _) in COMPARED.items()],
        "kinds": list(KIND_NAMES.items()),
        "views": [(view, _address(view.query)) for view in saved_views(request.actor)],
        "exports": exports_of(request.actor, most=5),
        "types": type_choices(),
        "periods": list(PERIOD_NAMES.items()),
        **answer,
    }
    return render(request, "iot/history/explorer.html", facts)


@requires(VIEW_DEVICES)
@require_GET
def streams(request: CityRequest) -> HttpResponse:
    """Give the datastreams that a search finds, to be added; as a page of its own for who comes without HTMX."""
    type_code = request.GET.get("type", "")
    found = search_streams(
        request.actor,
        words=request.GET.get("q", ""),
        type_code=type_code,
        property_code=request.GET.get("property", ""),
        period=request.GET.get("period", ""),
    )
    kind = device_types().get(type_code)
    facts = {
        "found": [(stream, title_of(stream)) for stream in found],
        "properties": [(item.code, item.name) for item in kind.properties] if kind else [],
        "kept": [(name, value) for name in KEPT for value in request.GET.getlist(name)],
    }
    template = "iot/history/streams.html" if request.wants_fragment else "iot/history/streams_page.html"
    return render(request, template, facts)


@requires(VIEW_DEVICES)
@require_POST
def keep(request: CityRequest) -> HttpResponse:
    """Save the view, or replace the one with this title."""
    query = {name: request.POST.getlist(name) for name in KEPT if request.POST.getlist(name)}
    try:
        save_view(request.actor, title=request.POST.get("title", ""), query=query, now=clock.real_now())
    except Invalid as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, gettext("视图已保存"))
    return redirect(_address(query))


@requires(VIEW_DEVICES)
@require_POST
def forget(request: CityRequest, view_id: int) -> HttpResponse:
    """Delete a saved view."""
    delete_view(request.actor, view_id=view_id)
    messages.success(request, gettext("视图已删除"))
    return redirect("iot:explorer")


@requires(VIEW_DEVICES)
@require_POST
def export(request: CityRequest) -> HttpResponse:
    """Begin to make a file of what the view shows; leads to its progress."""
    question = question_of(request.POST, now=request.now)
    chosen = streams_for(request.actor, question.streams)
    if not chosen:
        raise Invalid(fields={"s": zh("请先选择数据流")})
    first = title_of(chosen[0])
    title = first if len(chosen) == 1 else gettext("{first} 等{count}条数据流").format(first=first, count=len(chosen))
    run = exports.start_export(
        request.actor,
        query=question.query(),
        kind=request.POST.get("kind", ""),
        title=gettext("导出监测数据：{title}").format(title=title),
        now=clock.real_now(),
    )
    return redirect("jobs:run", run)


@requires(VIEW_DEVICES)
@require_GET
def download(request: CityRequest, export_id: int) -> HttpResponseBase:
    """Give a file that was made for the visitor."""
    name, shown = export_file(request.actor, export_id)
    return FileResponse(default_storage.open(name), as_attachment=True, filename=shown.replace("/", "-"))


def _answer(question: Question, streams: list[Stream]) -> dict[str, object]:
    found = asked(history(question.query(), most=MOST_READINGS))
    other = question.beside()
    beside = (asked(history(other[0], most=MOST_READINGS)), other[1]) if other else None
    rows, is_cut = rows_of(found, streams, question)
    return {
        "chart": chart_of(found, beside, streams, question),
        "summaries": summaries(found, streams),
        "rows": rows,
        "is_cut": is_cut,
        "step": _length(found.step_s),
        "sources": [(SOURCES[name], count) for name, count in found.sources.items() if count],
    }


def _without(given: QueryDict, number: int) -> str:
    """Return the address of the same view without one series."""
    left = [text for value in given.getlist("s") for text in value.split(",") if text and int(text) != number]
    return _address({**{name: given.getlist(name) for name in KEPT if given.get(name)}, "s": left})


def _length(step_s: int) -> str:
    """Return a bucket's length in words; "" for single readings."""
    for unit_s, text in ((86_400, zh("{count}天")), (3_600, zh("{count}小时")), (60, zh("{count}分钟"))):
        if step_s and step_s % unit_s == 0:
            return gettext(text).format(count=step_s // unit_s)
    return ""


def _address(query: dict[str, list[str]]) -> str:
    given = QueryDict(mutable=True)
    for name, values in query.items():
        given.setlist(name, values)
    return f"{reverse('iot:explorer')}?{given.urlencode()}"
