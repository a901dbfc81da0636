"""Changing a person: fields, events of the life, certificates."""

from collections.abc import Callable

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from onecity.kernel.errors import NotFound, OneCityError
from onecity.kernel.text import zh
from onecity.platform.registers.contracts.persons import ChangeOutcome
from onecity.platform.registers.forms.persons import EVENT_FIELDS, CertificateForm, ChangeForm, EventForm
from onecity.platform.registers.models import LifeEvent
from onecity.platform.registers.permissions import MAINTAIN_PERSONS
from onecity.platform.registers.rules.provenance import Verdict
from onecity.platform.registers.selectors.persons.facts import person_info
from onecity.platform.registers.selectors.persons.rows import visible_person
from onecity.platform.registers.services.persons.changing import change_fields
from onecity.platform.registers.services.persons.life_events import record_life_event
from onecity.platform.registers.services.persons.papers import link_certificate, withdraw_certificate
from onecity.web.access import requires
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest

VERDICTS = {
    Verdict.TAKEN: zh("已采用"),
    Verdict.KEPT: zh("现值来自更权威的来源，未采用，已留存"),
    Verdict.CONTESTED: zh("与现值不一致，已转人工裁定"),
    Verdict.STALE: zh("早于该来源已报的值，未采用"),
    Verdict.SAME: zh("与现值相同"),
}


@requires(MAINTAIN_PERSONS)
@require_http_methods(["GET", "POST"])
def change(request: CityRequest, person_id: int) -> HttpResponse:
    """Bring new values of a person's fields."""
    person = person_info(visible_person(request.actor, person_id, permission=MAINTAIN_PERSONS))
    form = ChangeForm(request.POST) if request.method == "POST" else ChangeForm(initial=ChangeForm.initial_of(person))

    def work() -> None:
        outcome = change_fields(request.actor, person_id=person_id, change=form.change(person), now=request.now)
        _tell(request, outcome)

    return _handled(request, form, person_id, work, title=gettext("变更或更正"))


@requires(MAINTAIN_PERSONS)
@require_http_methods(["GET", "POST"])
def event(request: CityRequest, person_id: int, kind: str) -> HttpResponse:
    """Record an event of a life. Raises: NotFound for a kind that is not recorded by hand."""
    if kind not in EVENT_FIELDS:
        raise NotFound
    person = person_info(visible_person(request.actor, person_id, permission=MAINTAIN_PERSONS))
    form = EventForm(kind, request.POST) if request.method == "POST" else EventForm(kind)

    def work() -> None:
        record_life_event(request.actor, event=form.event(kind, person), now=request.now)
        notices.success(request, gettext("事件已登记"))

    return _handled(request, form, person_id, work, title=str(LifeEvent.Kind(kind).label))


@requires(MAINTAIN_PERSONS)
@require_http_methods(["GET", "POST"])
def certificate(request: CityRequest, person_id: int) -> HttpResponse:
    """Link a certificate."""
    visible_person(request.actor, person_id, permission=MAINTAIN_PERSONS)
    form = CertificateForm(request.POST) if request.method == "POST" else CertificateForm()

    def work() -> None:
        link_certificate(request.actor, person_id=person_id, new=form.certificate(), now=request.now)
        notices.success(request, gettext("证件已登记"))

    return _handled(request, form, person_id, work, title=gettext("登记证件"))


@requires(MAINTAIN_PERSONS)
@require_POST
def withdraw(request: CityRequest, person_id: int, certificate_id: int) -> HttpResponse:
    """Mark a certificate as withdrawn."""
    withdraw_certificate(request.actor, person_id=person_id, certificate_id=certificate_id)
    notices.success(request, gettext("证件已注销"))
    return redirect("registers:person", person_id)


def _handled(
    request: CityRequest, form: CityForm, person_id: int, work: Callable[[], None], *, title: str
) -> HttpResponse:
    if form.is_valid():
        try:
            work()
        except OneCityError as error:
            form.take(error)
        else:
            return redirect("registers:person", person_id)
    facts = {"form": form, "title": title, "submit": gettext("登记"), "person_id": person_id}
    return render(request, "registers/persons/form.html", facts, status=422 if form.errors else 200)


def _tell(request: CityRequest, outcome: ChangeOutcome) -> None:
    if not outcome.verdicts:
        notices.info(request, gettext("没有改动"))
    for verdict, text in VERDICTS.items():
        count = sum(item == verdict for item in outcome.verdicts.values())
        if count:
            tell = notices.success if verdict is Verdict.TAKEN else notices.warning
            tell(request, gettext("%(count)d 项：%(text)s") % {"count": count, "text": gettext(text)})
