"""A person's file: opened with a reason, looked through, looked at in clear; as it was, and as it was known."""

from datetime import datetime, timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onecity.kernel import clock
from onecity.kernel.clock import city_date
from onecity.kernel.errors import OneCityError
from onecity.platform.registers.forms.persons import EVENT_FIELDS, AsOfForm, ReasonForm
from onecity.platform.registers.models import Certificate, LifeEvent, PersonUse, Residence
from onecity.platform.registers.permissions import LOOK_PERSONAL, MAINTAIN_PERSONS, VIEW_PERSONS
from onecity.platform.registers.selectors.persons import file
from onecity.platform.registers.selectors.persons.file import PersonFile
from onecity.platform.registers.selectors.persons.rows import visible_person
from onecity.platform.registers.services.persons.uses import look_at, open_file
from onecity.platform.registers.views.persons_shown import field_title, shown_facts, shown_member, status_badge
from onecity.web.access import requires
from onecity.web.http import CityRequest

OPEN_FOR: Final = timedelta(minutes=30)
"""How long a reason holds for one file. House rule."""


@requires(VIEW_PERSONS)
@require_GET
def person(request: CityRequest, person_id: int) -> HttpResponse:
    """Show the file; who has given no reason lately is asked for one first."""
    row = visible_person(request.actor, person_id)
    if not file.has_opened(request.actor, person_id, since=clock.real_now() - OPEN_FOR):
        facts = {"form": ReasonForm(), "person_id": person_id, "name": row.name[:1]}
        return render(request, "registers/persons/gate.html", facts)
    return render(request, "registers/persons/file.html", _facts(request, file.person_file(request.actor, person_id)))


@requires(VIEW_PERSONS)
@require_POST
def open_(request: CityRequest, person_id: int) -> HttpResponse:
    """Note the reason and lead to the file."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            open_file(request.actor, person_id=person_id, reason=form.cleaned_data["reason"], now=clock.real_now())
        except OneCityError as error:
            form.take(error)
        else:
            return redirect("registers:person", person_id)
    row = visible_person(request.actor, person_id)
    facts = {"form": form, "person_id": person_id, "name": row.name[:1]}
    return render(request, "registers/persons/gate.html", facts, status=422)


@requires(LOOK_PERSONAL)
@require_POST
def look(request: CityRequest, person_id: int) -> HttpResponse:
    """Show one sealed value in clear."""
    field = request.POST.get("field", "")
    value = look_at(
        request.actor,
        person_id=person_id,
        field=field,
        reason=request.POST.get("reason", ""),
        now=clock.real_now(),
    )
    facts = {"value": value, "title": field_title(field), "person_id": person_id}
    template = "registers/persons/look.html" if request.wants_fragment else "registers/persons/look_page.html"
    return render(request, template, facts)


@requires(VIEW_PERSONS)
@require_GET
def as_of(request: CityRequest, person_id: int) -> HttpResponse:
    """Show how the person was on a day, as it was known at a moment. Raises: NoSuchPerson."""
    if not file.has_opened(request.actor, person_id, since=clock.real_now() - OPEN_FOR):
        return redirect("registers:person", person_id)
    form = AsOfForm(request.GET)
    form.is_valid()
    moments = file.moments(request.actor, person_id)
    known = form.cleaned_data.get("known")
    place = len(moments) - 1 if known is None else min(known, len(moments) - 1)
    day = form.cleaned_data.get("valid_at") or city_date(request.now)
    state = file.as_of(request.actor, person_id, valid_at=day, known_at=_until(moments, place, now=request.now))
    facts = {
        "person_id": person_id,
        "moments": moments,
        "last": len(moments) - 1,
        "place": place,
        "known_at": moments[place],
        "day": day,
        "state": state,
        "facts": shown_facts(state.facts) if state else [],
    }
    template = "registers/persons/as_of.html" if request.wants_fragment else "registers/persons/as_of_page.html"
    return render(request, template, facts)


@requires(VIEW_PERSONS)
@require_GET
def uses(request: CityRequest, person_id: int) -> HttpResponse:
    """Show who used this person's data, when and why."""
    lines = [
        (item, PersonUse.Kind(item.kind).label, "、".join(gettext(field_title(name)) for name in item.fields))
        for item in file.uses(request.actor, person_id)
    ]
    return render(request, "registers/persons/uses.html", {"lines": lines, "person_id": person_id})


def _until(moments: list[datetime], place: int, *, now: datetime) -> datetime:
    """Return the last moment before the next thing was recorded."""
    return moments[place + 1] - timedelta(microseconds=1) if place + 1 < len(moments) else now


def _facts(request: CityRequest, found: PersonFile) -> dict[str, object]:
    members = found.household.members if found.household else ()
    return {
        "file": found,
        "person": found.person,
        "status": status_badge(found.person.status),
        "members": [shown_member(item) for item in members],
        "residences": [(item, Residence.Kind(item.kind).label) for item in found.residences],
        "certificates": [
            (item, Certificate.Kind(item.kind).label, Certificate.State(item.state).label)
            for item in found.certificates
        ],
        "events": [
            (item, LifeEvent.Kind(item.kind).label, "、".join(gettext(field_title(name)) for name in item.fields))
            for item in found.events
        ],
        "kinds": [(kind, LifeEvent.Kind(kind).label) for kind in EVENT_FIELDS],
        "may_look": request.actor.may(LOOK_PERSONAL),
        "may_maintain": request.actor.may(MAINTAIN_PERSONS),
    }
