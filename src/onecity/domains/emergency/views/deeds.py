"""What is done with an incident on its page, one button each."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from onecity.domains.emergency.contracts import NewReport
from onecity.domains.emergency.forms.incidents import GradeForm, ReportForm
from onecity.domains.emergency.permissions import REPORT, VIEW
from onecity.domains.emergency.selectors.incidents import incident_of
from onecity.domains.emergency.services import grading, incidents, reporting
from onecity.domains.emergency.views.incidents import incident_facts
from onecity.kernel.errors import Conflict, Invalid, NotFound, OneCityError
from onecity.web.access import requires
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest

Deed = Callable[[CityRequest, str], None]


@requires(VIEW)
@require_POST
def deed(request: CityRequest, number: str) -> HttpResponse:
    """Do what a button says: verify, refuse, note, call, merge, close, decide on the grade."""
    name = request.POST.get("deed", "")
    if name in DEEDS:
        _tried(request, lambda: DEEDS[name](request, number))
    return redirect("emergency:incident", number)


@requires(REPORT)
@require_POST
def report(request: CityRequest, number: str) -> HttpResponse:
    """Write a report to the levels above."""
    form = ReportForm(request.POST)

    def write() -> None:
        data = form.cleaned_data
        new = NewReport(
            situation=data["situation"],
            measures=data["measures"],
            trend=data["trend"],
            harm=form.harm,
            is_final=data["is_final"],
            to_levels=tuple(data["to_levels"]),
        )
        reporting.write_report(request.actor, number=number, new=new, now=request.now)

    return _answered(request, number, form, write, {"report_form": form})


@requires(REPORT)
@require_POST
def propose(request: CityRequest, number: str) -> HttpResponse:
    """Propose a grade."""
    form = GradeForm(request.POST)

    def write() -> None:
        grading.propose_grade(request.actor, number=number, now=request.now, **form.cleaned_data)

    return _answered(request, number, form, write, {"grade_form": form})


def _answered(
    request: CityRequest, number: str, form: CityForm, write: Callable[[], None], shown: Mapping[str, object]
) -> HttpResponse:
    if form.is_valid():
        try:
            write()
        except (Invalid, Conflict) as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("已办理"))
            return redirect("emergency:incident", number)
    row = incident_of(request.actor, number)
    return render(request, "emergency/incident.html", {**incident_facts(request, row), **shown}, status=422)


def _tried(request: CityRequest, act: Callable[[], None]) -> None:
    try:
        act()
    except (Invalid, Conflict, NotFound) as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, gettext("已办理"))


def said(refusal: OneCityError) -> str:
    """Return what an error says to people: its first field's sentence, or its own."""
    texts = list(refusal.fields.values())
    return gettext(texts[0]) if texts else refusal.sentence(gettext(refusal.template))


def _text(request: CityRequest) -> str:
    return request.POST.get("text", "")


def _verify(request: CityRequest, number: str) -> None:
    incidents.verify(request.actor, number=number, is_real=True, note=_text(request), now=request.now)


def _refuse(request: CityRequest, number: str) -> None:
    incidents.verify(request.actor, number=number, is_real=False, note=_text(request), now=request.now)


def _note(request: CityRequest, number: str) -> None:
    incidents.note(request.actor, number=number, text=_text(request), now=request.now)


def _call(request: CityRequest, number: str) -> None:
    level = request.POST.get("level", "")
    reporting.note_call(request.actor, number=number, to_level=level, words=_text(request), now=request.now)


def _merge(request: CityRequest, number: str) -> None:
    incidents.merge(request.actor, number=number, into=request.POST.get("into", ""), now=request.now)


def _close(request: CityRequest, number: str) -> None:
    incidents.close(request.actor, number=number, result=_text(request), now=request.now)


def _decide(request: CityRequest, number: str, *, granted: bool) -> None:
    change = request.POST.get("change", "")
    grading.decide_grade(
        request.actor,
        number=number,
        change_id=int(change) if change.isdigit() else 0,
        granted=granted,
        note=_text(request),
        now=request.now,
    )


DEEDS: Mapping[str, Deed] = {
    "verify": _verify,
    "refuse": _refuse,
    "note": _note,
    "call": _call,
    "merge": _merge,
    "close": _close,
    "grant": lambda request, number: _decide(request, number, granted=True),
    "deny": lambda request, number: _decide(request, number, granted=False),
}
