"""Daily briefs."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.domains.opinion.models import Brief
from onecity.domains.opinion.permissions import JUDGE, VIEW
from onecity.domains.opinion.selectors import briefs as reading
from onecity.domains.opinion.services.briefs import make_brief
from onecity.domains.opinion.services.writing import summary
from onecity.domains.opinion.views.showing import LEVEL_BADGES
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.documents.api import document
from onecity.web.access import requires
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Listing, respond


class DayForm(CityForm):
    """The day of a brief."""

    day = forms.DateField(label=zh("日期"), widget=forms.DateInput(attrs={"type": "date"}))


@requires(VIEW)
@require_GET
def briefs(request: CityRequest) -> HttpResponseBase:
    """List the briefs, the newest first."""
    yesterday = city_date(request.now) - timedelta(days=1)
    listing = Listing[Brief](
        title=zh("舆情日报"),
        columns=(
            Column(zh("日期"), lambda row: row.day_date, link=lambda row: reverse("opinion:brief", args=[row.pk])),
            Column(zh("期号"), lambda row: row.number, look="number"),
            Column(zh("单位"), lambda row: row.organisation.name),
            Column(zh("文章数"), lambda row: row.figures["articles"], look="number"),
            Column(zh("预警"), lambda row: len(row.figures["warnings"]), look="number", wide_only=True),
            Column(zh("生成时间"), lambda row: row.made_at, look="moment", wide_only=True),
        ),
        fetch=lambda query: reading.briefs(request.actor, query=query),
        empty=zh("还没有日报。每天早上七点自动生成前一日的日报"),
        template="opinion/briefs.html",
        extra={"form": DayForm(initial={"day": yesterday}) if request.actor.may(JUDGE) else None},
    )
    return respond(request, listing)


@requires(JUDGE)
@require_POST
def make(request: CityRequest) -> HttpResponse:
    """Make the brief of a day for one's own body."""
    day, owner = parse_date(request.POST.get("day", "")), request.actor.organisation_id
    if day is None or owner is None:
        messages.error(request, gettext("请选择日期；没有所属单位的账户不能生成日报"))
        return redirect("opinion:briefs")
    try:
        row = make_brief(request.actor, organisation_id=owner, day=day, now=request.now)
    except Invalid as refusal:
        messages.error(request, gettext(next(iter(refusal.fields.values()))))
        return redirect("opinion:briefs")
    return redirect("opinion:brief", row.pk)


@requires(VIEW)
@require_GET
def brief(request: CityRequest, brief_id: int) -> HttpResponse:
    """Show one brief with its document."""
    row = reading.seen_briefs(request.actor).select_related("organisation").filter(id=brief_id).first()
    if row is None:
        raise NotFound(zh("没有这份日报"))
    facts = {
        "row": row,
        "summary": summary(row.figures),
        "themes": [(item, LEVEL_BADGES[item["level"]]) for item in row.figures["themes"]],
        "warnings": [(item, LEVEL_BADGES[item["level"]]) for item in row.figures["warnings"]],
        "file": document(request.actor, row.document_id) if row.document_id else None,
    }
    return render(request, "opinion/brief.html", facts)
