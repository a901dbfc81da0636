"""A household: its members, splitting and merging."""

from collections.abc import Callable

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onecity.kernel import clock
from onecity.kernel.errors import OneCityError
from onecity.platform.registers.contracts.persons import HouseholdFacts
from onecity.platform.registers.forms.persons import HouseholdForm, MergeForm, ReasonForm, choices, relations
from onecity.platform.registers.models import Household, PersonUse
from onecity.platform.registers.permissions import MAINTAIN_PERSONS, VIEW_PERSONS
from onecity.platform.registers.rules.person_codes import RELATION
from onecity.platform.registers.selectors.persons.facts import household_info
from onecity.platform.registers.selectors.persons.file import has_opened
from onecity.platform.registers.selectors.provenance import sources
from onecity.platform.registers.services.persons.households import merge_households, set_head, split_household
from onecity.platform.registers.services.persons.uses import note_uses
from onecity.platform.registers.views.persons_file import OPEN_FOR
from onecity.platform.registers.views.persons_shown import shown_member
from onecity.web.access import requires
from onecity.web.forms import CityForm
from onecity.web.http import CityRequest


@requires(VIEW_PERSONS)
@require_GET
def household(request: CityRequest, household_id: int) -> HttpResponse:
    """Show a household; who has opened no member's file lately is asked for a reason first."""
    found = household_info(request.actor, household_id)
    since = clock.real_now() - OPEN_FOR
    if found.members and not any(has_opened(request.actor, item.id, since=since) for item in found.members):
        return render(request, "registers/persons/gate.html", {"form": ReasonForm(), "household": found})
    return render(request, "registers/persons/household.html", _facts(request, found))


@requires(VIEW_PERSONS)
@require_POST
def open_(request: CityRequest, household_id: int) -> HttpResponse:
    """Note the reason at every member and lead to the household."""
    form = ReasonForm(request.POST)
    found = household_info(request.actor, household_id)
    if form.is_valid():
        try:
            note_uses(
                request.actor,
                person_ids=[item.id for item in found.members],
                kind=PersonUse.Kind.FILE,
                fields=["household"],
                reason=form.cleaned_data["reason"],
                now=clock.real_now(),
            )
        except OneCityError as error:
            form.take(error)
        else:
            return redirect("registers:household", household_id)
    return render(request, "registers/persons/gate.html", {"form": form, "household": found}, status=422)


@requires(MAINTAIN_PERSONS)
@require_http_methods(["GET", "POST"])
def split(request: CityRequest, household_id: int) -> HttpResponse:
    """Take members out into a household of their own."""
    found = household_info(request.actor, household_id)
    form = HouseholdForm(request.POST) if request.method == "POST" else HouseholdForm()

    def work() -> int:
        chosen = relations(request.POST.dict(), found.members)
        new = form.household()
        return split_household(request.actor, household_id=household_id, members=chosen, new=new, now=request.now)

    return _handled(request, form, found, work, title=gettext("分户"))


@requires(MAINTAIN_PERSONS)
@require_http_methods(["GET", "POST"])
def merge(request: CityRequest, household_id: int) -> HttpResponse:
    """Move everybody into another household and close this one."""
    found = household_info(request.actor, household_id)
    form = MergeForm(request.POST) if request.method == "POST" else MergeForm()

    def work() -> int:
        into: int = form.cleaned_data["into"]
        merge_households(
            request.actor,
            from_id=household_id,
            into_id=into,
            relations=relations(request.POST.dict(), found.members),
            source=form.cleaned_data["source"],
            now=request.now,
        )
        return into

    return _handled(request, form, found, work, title=gettext("并户"))


@requires(MAINTAIN_PERSONS)
@require_POST
def head(request: CityRequest, household_id: int) -> HttpResponse:
    """Make a member the head."""
    member, source = request.POST.get("person", ""), request.POST.get("source", "")
    set_head(
        request.actor,
        household_id=household_id,
        person_id=int(member) if member.isdigit() else 0,
        source=source,
        now=request.now,
    )
    notices.success(request, gettext("户主已变更"))
    return redirect("registers:household", household_id)


def _handled(
    request: CityRequest, form: CityForm, found: HouseholdFacts, work: Callable[[], int], *, title: str
) -> HttpResponse:
    if form.is_valid():
        try:
            number = work()
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("户已变更"))
            return redirect("registers:household", number)
    chosen = relations(request.POST.dict(), found.members)
    facts = {
        **_facts(request, found),
        "form": form,
        "title": title,
        "lines": [(shown_member(item), chosen.get(item.id, "")) for item in found.members],
        "choices": choices(RELATION),
    }
    return render(request, "registers/persons/move.html", facts, status=422 if form.errors else 200)


def _facts(request: CityRequest, found: HouseholdFacts) -> dict[str, object]:
    return {
        "household": found,
        "kind": Household.Kind(found.kind).label,
        "members": [shown_member(item) for item in found.members],
        "sources": sources(),
        "may_maintain": request.actor.may(MAINTAIN_PERSONS) and found.closed_date is None,
    }
