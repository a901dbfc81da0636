"""Sources with their health; files brought in by hand."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.domains.opinion.contracts import NewSource
from onecity.domains.opinion.forms import KIND_NAMES, ImportForm, PaceForm, SourceForm
from onecity.domains.opinion.models import Source
from onecity.domains.opinion.permissions import CONFIGURE, VIEW
from onecity.domains.opinion.selectors import sources as reading
from onecity.domains.opinion.services import importing
from onecity.domains.opinion.services import sources as keeping
from onecity.domains.opinion.views.showing import bodies
from onecity.kernel import clock
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Action, Badge, Column, Filter, Listing, respond

OUTCOMES = {
    "new": Badge(zh("有新文章"), "green"),
    "same": Badge(zh("无变化"), "grey"),
    "imported": Badge(zh("已导入"), "green"),
    "failed": Badge(zh("采集失败"), "red"),
    "refused": Badge(zh("内容无法识别"), "orange"),
}


@requires(VIEW)
@require_GET
def sources(request: CityRequest) -> HttpResponseBase:
    """List the sources with how they fare."""
    kinds = dict(KIND_NAMES)
    listing = Listing[Source](
        title=zh("采集源"),
        columns=(
            Column(zh("状态"), _health),
            Column(zh("采集源名称"), lambda row: row.name, link=lambda row: reverse("opinion:source", args=[row.pk])),
            Column(zh("采集方式"), lambda row: gettext(kinds[row.kind])),
            Column(zh("责任单位"), lambda row: row.organisation.name, wide_only=True),
            Column(zh("文章数"), lambda row: row.articles, look="number"),
            Column(zh("最近采集时间"), lambda row: row.checked_at, look="moment"),
            Column(zh("下次采集时间"), lambda row: row.next_at, look="moment", wide_only=True),
            Column(zh("最近结果"), lambda row: gettext(row.said) if row.said else "", wide_only=True),
        ),
        filters=(
            Filter("kind", zh("全部方式"), choices=KIND_NAMES),
            Filter(
                "health",
                zh("全部状态"),
                choices=[("well", zh("正常")), ("failing", zh("采集失败")), ("resting", zh("已停用"))],
            ),
        ),
        fetch=lambda query: reading.sources(request.actor, query=query),
        searchable=True,
        search_hint=zh("采集源名称"),
        empty=zh("还没有采集源"),
        actions=[Action(zh("新增采集源"), reverse("opinion:new_source"))] if request.actor.may(CONFIGURE) else [],
    )
    return respond(request, listing)


@requires(CONFIGURE)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Set a source up."""
    form = SourceForm(request.POST or None, bodies=bodies())
    if request.method == "POST" and form.is_valid():
        try:
            row = keeping.add_source(request.actor, new=NewSource(**form.cleaned_data), now=clock.real_now())
        except (Invalid, Conflict) as refusal:
            form.take(refusal)
        else:
            return redirect("opinion:source", row.pk)
    facts = {"form": form, "title": zh("新增采集源"), "back": reverse("opinion:sources")}
    return render(request, "opinion/form.html", facts, status=422 if form.errors else 200)


@requires(VIEW)
@require_GET
def source(request: CityRequest, source_id: int) -> HttpResponse:
    """Show one source and how its last looks went."""
    row = reading.source_of(request.actor, source_id)
    if row is None:
        raise NotFound(zh("没有这个采集源"))
    pace = {"interval_min": row.interval_min, "reach": row.reach, "is_active": row.is_active}
    facts = {
        "row": row,
        "kind": dict(KIND_NAMES)[row.kind],
        "health": _health(row),
        "looks": [(item, OUTCOMES[item.outcome]) for item in reading.looks_of(row)],
        "pace": PaceForm(initial=pace) if request.actor.may(CONFIGURE) else None,
        "bring": ImportForm() if request.actor.may(CONFIGURE) and row.kind == Source.Kind.FILE else None,
        "may_look": request.actor.may(CONFIGURE) and row.kind != Source.Kind.FILE and row.is_active,
    }
    return render(request, "opinion/source.html", facts)


@requires(CONFIGURE)
@require_POST
def change(request: CityRequest, source_id: int) -> HttpResponse:
    """Change how often a source is looked at, or let it rest."""
    form = PaceForm(request.POST)
    if form.is_valid():
        keeping.change_source(request.actor, source_id=source_id, now=clock.real_now(), **form.cleaned_data)
        messages.success(request, gettext("已保存"))
    else:
        messages.error(request, gettext("采集间隔应为5分钟至24小时"))
    return redirect("opinion:source", source_id)


@requires(CONFIGURE)
@require_POST
def look(request: CityRequest, source_id: int) -> HttpResponse:
    """Have a source looked at with the next round."""
    try:
        keeping.look_now(request.actor, source_id=source_id, now=clock.real_now())
    except Invalid as refusal:
        messages.error(request, gettext(next(iter(refusal.fields.values()))))
    else:
        messages.success(request, gettext("已安排，约半分钟内开始采集"))
    return redirect("opinion:source", source_id)


@requires(CONFIGURE)
@require_POST
def bring_in(request: CityRequest, source_id: int) -> HttpResponse:
    """Bring a file of articles in."""
    file = request.FILES.get("file")
    try:
        if not isinstance(file, UploadedFile) or (file.size or 0) > importing.MOST_BYTES:
            raise Invalid(fields={"file": zh("请选择文件，至多32MB")})
        stored = importing.import_file(
            request.actor, source_id=source_id, name=file.name or "", body=file.read(), columns={}, now=request.now
        )
    except Invalid as refusal:
        words = next(iter(refusal.fields.values()), None)
        messages.error(request, gettext(words) if words else refusal.sentence(gettext(refusal.template)))
    else:
        text = gettext("导入%(new)s篇，重复%(repeated)s篇，空白%(empty)s篇")
        messages.success(request, text % {"new": stored.new, "repeated": stored.repeated, "empty": stored.empty})
    return redirect("opinion:source", source_id)


def _health(row: Source) -> Badge:
    if not row.is_active:
        return Badge(zh("已停用"), "grey")
    if row.failures >= 3:
        return Badge(zh("多次失败"), "red")
    if row.failures:
        return Badge(zh("采集失败"), "orange")
    return Badge(zh("正常"), "green") if row.checked_at else Badge(zh("待采集"), "blue")
