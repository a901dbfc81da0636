"""Searching people, and entering a new one."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from onecity.kernel.errors import OneCityError
from onecity.platform.identity.api import record
from onecity.platform.registers.forms.persons import HouseholdForm, PersonForm, SearchForm
from onecity.platform.registers.permissions import MAINTAIN_PERSONS, VIEW_PERSONS
from onecity.platform.registers.selectors.persons.searching import Found, search_persons
from onecity.platform.registers.services.persons.entering import register_person
from onecity.platform.registers.services.persons.households import open_household
from onecity.platform.registers.views.persons_shown import shown_hit
from onecity.web.access import requires
from onecity.web.http import CityRequest


@requires(VIEW_PERSONS)
@require_http_methods(["GET", "POST"])
def search(request: CityRequest) -> HttpResponse:
    """Show the question's form, and the answer beneath it."""
    form = SearchForm(request.POST) if request.method == "POST" else SearchForm()
    found: Found | None = None
    if form.is_valid():
        try:
            found = search_persons(request.actor, form.query())
            asked = [name for name, value in form.cleaned_data.items() if value]
            details = {"by": asked, "found": len(found.hits)}
            record(request.actor, action="registers.search_persons", details=details)
        except OneCityError as error:
            form.take(error)
    facts = {
        "form": form,
        "found": found,
        "hits": [shown_hit(item) for item in found.hits] if found else [],
        "may_maintain": request.actor.may(MAINTAIN_PERSONS),
    }
    return render(request, "registers/persons/search.html", facts, status=422 if form.errors else 200)


@requires(MAINTAIN_PERSONS)
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Enter a person."""
    form = PersonForm(request.POST) if request.method == "POST" else PersonForm()
    if form.is_valid():
        try:
            number = register_person(request.actor, new=form.new_person(), now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("人员已登记"))
            return redirect("registers:person", number)
    facts = {"form": form, "title": gettext("登记人员"), "submit": gettext("登记")}
    return render(request, "registers/persons/form.html", facts, status=422 if form.errors else 200)


@requires(MAINTAIN_PERSONS)
@require_http_methods(["GET", "POST"])
def new_household(request: CityRequest) -> HttpResponse:
    """Open a household."""
    form = HouseholdForm(request.POST) if request.method == "POST" else HouseholdForm()
    if form.is_valid():
        try:
            number = open_household(request.actor, new=form.household(), now=request.now)
        except OneCityError as error:
            form.take(error)
        else:
            notices.success(request, gettext("已立户"))
            return redirect("registers:household", number)
    facts = {"form": form, "title": gettext("立户"), "submit": gettext("立户")}
    return render(request, "registers/persons/form.html", facts, status=422 if form.errors else 200)
