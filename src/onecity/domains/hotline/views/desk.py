"""The call-taking page: who calls, what was asked before, what to ask, what may be the same, what to answer."""

from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from onecity.domains.hotline.contracts import NewDemand, TakenDemand
from onecity.domains.hotline.forms import CallForm, new_key
from onecity.domains.hotline.permissions import TAKE
from onecity.domains.hotline.selectors.demands import past_of
from onecity.domains.hotline.selectors.knowledge import find_articles
from onecity.domains.hotline.selectors.settings import department_of, script_of
from onecity.domains.hotline.services import desk, learning, likening, taking
from onecity.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from onecity.platform.geo.api import position_map
from onecity.web.access import requires
from onecity.web.http import CityRequest

DEEDS: Final = ("pass", "answer", "refuse", "join")


@requires(TAKE)
@never_cache
@require_http_methods(["GET", "POST"])
def call(request: CityRequest) -> HttpResponse:
    """Take a call: look things up as often as one likes, then pass on, answer, refuse or join."""
    if request.method != "POST":
        return _page(request, CallForm(initial={"key": new_key(uuid4().hex)}), {})
    form, deed = CallForm(request.POST), _deed_of(request)
    if deed not in DEEDS:
        return _page(request, form, _looked_up(request), looking=True)
    if not form.is_valid():
        return _page(request, form, _looked_up(request), status=422)
    try:
        taken, said = _done(request, form, deed)
    except (Invalid, Conflict, NotFound, Unavailable) as refusal:
        form.take(refusal)
        return _page(request, form, _looked_up(request), status=422)
    messages.success(request, said % {"number": taken.number})
    return redirect("hotline:call")


def _deed_of(request: CityRequest) -> str:
    """Return what the button says; the one beside a demand alike says only which demand."""
    return request.POST.get("deed", "") or ("join" if request.POST.get("into") else "")


def _done(request: CityRequest, form: CallForm, deed: str) -> tuple[TakenDemand, str]:
    """Take the demand in and do with it what the button said; neither stands without the other."""
    values = form.cleaned_data
    with transaction.atomic():
        taken = taking.take_demand(request.actor, new=_new(values), now=request.now)
        said = _deed(request, values, deed, taken.number)
    return taken, said


def _deed(request: CityRequest, values: Mapping[str, object], deed: str, number: str) -> str:
    actor, now = request.actor, request.now
    note, topic = str(values["note"]), str(values["topic_code"])
    if deed == "answer":
        chosen = values["version_id"]
        version = chosen if isinstance(chosen, int) else None
        desk.answer_directly(actor, number=number, text=note, version_id=version, now=now)
        return gettext("已直接答复并办结：%(number)s")
    if deed == "refuse":
        desk.refuse(actor, number=number, reason_code=str(values["reason_code"]), note=note, now=now)
        return gettext("已登记不予受理：%(number)s")
    if deed == "join":
        desk.join(actor, number=number, into=request.POST.get("into", ""), now=now)
        return gettext("已登记并合并办理：%(number)s")
    if str(values["kind"]).startswith("petition_"):
        return gettext("信访事项已登记：%(number)s")
    body = department_of(topic) if request.POST.get("send") else None
    desk.pass_on(actor, number=number, topic_code=topic, organisation_id=body, note=note, now=now)
    return gettext("已受理：%(number)s")


def _new(values: Mapping[str, object]) -> NewDemand:
    longitude, latitude = values["longitude"], values["latitude"]
    placed = isinstance(longitude, float) and isinstance(latitude, float)
    people, representatives = values["people"], values["representatives"]
    return NewDemand(
        kind=str(values["kind"]),
        words=str(values["words"]),
        source_code=str(values["source_code"]),
        key=str(values["key"]),
        topic_code=str(values["topic_code"]),
        suggested_code=str(values["suggested_code"]),
        location=(longitude, latitude) if placed else None,  # type: ignore[arg-type]  # both are floats if placed
        address=str(values["address"]),
        caller_name=str(values["caller_name"]),
        caller_phone=str(values["caller_phone"]),
        urgency=int(str(values["urgency"])),
        keep_secret=bool(values["keep_secret"]),
        people=people if isinstance(people, int) else 1,
        representatives=representatives if isinstance(representatives, int) else 1,
    )


def _looked_up(request: CityRequest) -> dict[str, object]:
    """Return what helps with the words and the number given so far; neither stands in an address or a log."""
    words, phone = request.POST.get("words", "")[:4000], request.POST.get("caller_phone", "")[:20]
    suggestions = learning.suggest(words) if words.strip() else []
    topic = request.POST.get("topic_code", "") or (suggestions[0].topic_code if suggestions else "")
    return {
        "past": past_of(request.actor, phone=phone),
        "suggestions": suggestions,
        "script": script_of(topic),
        "alike": likening.alike(request.actor, words=words, location=_given_place(request), now=request.now),
        "articles": find_articles(words, now=request.now, most=4) if words.strip() else [],
        "looked": True,
    }


def _given_place(request: CityRequest) -> tuple[float, float] | None:
    try:
        return float(request.POST.get("longitude", "")), float(request.POST.get("latitude", ""))
    except ValueError:
        return None


def _page(
    request: CityRequest, form: CallForm, found: dict[str, object], *, status: int = 200, looking: bool = False
) -> HttpResponse:
    if looking:
        form.errors.clear()
    facts = {"form": form, "map": position_map(request.actor), **found}
    template = "hotline/assist.html" if looking and request.wants_fragment else "hotline/call.html"
    return render(request, template, facts, status=status)
