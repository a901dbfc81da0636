"""Doubts about data: reporting one, the list, one with its answer."""

from django.contrib import messages
from django.forms import ChoiceField
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange.forms.catalogue import AnswerForm, DoubtForm
from onecity.platform.exchange.models import Correction
from onecity.platform.exchange.permissions import VIEW_CATALOGUE
from onecity.platform.exchange.selectors.catalogue import published_version
from onecity.platform.exchange.selectors.catalogue.corrections import correction_for, corrections_for
from onecity.platform.exchange.selectors.catalogue.entries import rights_over
from onecity.platform.exchange.selectors.catalogue.versions import fields_of
from onecity.platform.exchange.services.catalogue.corrections import answer_doubt, report_doubt
from onecity.platform.exchange.views.catalogue.shown import CORRECTION, choices
from onecity.web.access import requires
from onecity.web.http import CityRequest
from onecity.web.listing import Column, Filter, Listing, respond


@requires(VIEW_CATALOGUE)
@require_GET
def index(request: CityRequest) -> HttpResponseBase:
    """List the doubts that the visitor reported or must answer."""
    listing = Listing[Correction](
        title=zh("数据校核"),
        columns=(
            Column(zh("数据集"), lambda row: gettext(row.dataset.title), link=_link),
            Column(zh("状态"), lambda row: CORRECTION[row.state]),
            Column(zh("疑义描述"), lambda row: row.description, wide_only=True),
            Column(zh("提供方"), lambda row: row.organisation.name, wide_only=True),
            Column(zh("提出时间"), lambda row: row.created_at, look="moment", wide_only=True),
            Column(zh("答复期限"), lambda row: row.due_at, look="moment"),
        ),
        filters=(Filter("state", zh("全部状态"), choices=choices(CORRECTION)),),
        fetch=lambda query: corrections_for(
            request.actor, state=query.filters.get("state", ""), after=query.after, size=query.size
        ),
        empty=zh("没有数据校核。发现数据有误，可在数据集页面提出"),
    )
    return respond(request, listing)


@requires(VIEW_CATALOGUE)
@require_http_methods(["GET", "POST"])
def report(request: CityRequest, code: str) -> HttpResponse:
    """Report that data seem wrong."""
    version = published_version(code)
    form = DoubtForm(request.POST or None)
    field = form.fields["field_name"]
    assert isinstance(field, ChoiceField)
    field.choices = [("", "—"), *((item.name, gettext(item.title)) for item in fields_of(version.id))]
    if request.method == "POST" and form.is_valid():
        try:
            number = report_doubt(request.actor, code=code, now=request.now, **form.cleaned_data)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已提交给提供方核实"))
            return redirect("exchange:correction", number)
    facts = {"form": form, "version": version, "dataset": version.dataset}
    return render(request, "exchange/catalogue/doubt.html", facts, status=422 if form.is_bound else 200)


@requires(VIEW_CATALOGUE)
@require_http_methods(["GET", "POST"])
def one(request: CityRequest, correction_id: int) -> HttpResponse:
    """Show a doubt; the provider answers here."""
    row = correction_for(request.actor, correction_id)
    may_answer = row.state == "open" and rights_over(request.actor, row.organisation_id).compiles
    form = AnswerForm(request.POST or None)
    state = form.fields["state"]
    assert isinstance(state, ChoiceField)
    state.choices = [(code, gettext(name)) for code, name in choices(CORRECTION) if code != "open"]
    if request.method == "POST" and form.is_valid():
        try:
            answer_doubt(request.actor, correction_id=correction_id, now=request.now, **form.cleaned_data)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已答复"))
            return redirect("exchange:correction", correction_id)
    facts = {
        "row": row,
        "badge": CORRECTION[row.state],
        "form": form if may_answer else None,
        "late": row.state == "open" and row.due_at < request.now,
    }
    return render(request, "exchange/catalogue/correction.html", facts, status=422 if form.is_bound else 200)


def _link(row: Correction) -> str:
    return reverse("exchange:correction", args=[row.id])
