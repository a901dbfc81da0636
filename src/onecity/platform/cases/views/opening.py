"""Opening a case by hand."""

from django.contrib import messages
from django.forms import ChoiceField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from onecity.kernel.errors import NotFound, NotPermitted, OneCityError
from onecity.kernel.text import zh
from onecity.platform.cases.contracts import NewCase
from onecity.platform.cases.forms import NewCaseForm
from onecity.platform.cases.registries import sources
from onecity.platform.cases.selectors.classes import classes_at
from onecity.platform.cases.selectors.organisations import organisation_choices
from onecity.platform.cases.selectors.scopes import covers, organisation_keys
from onecity.platform.cases.selectors.types import TypeInfo, creatable_types
from onecity.platform.cases.selectors.versions import published_version
from onecity.platform.cases.services.opening import open_case
from onecity.web.access import signed_in
from onecity.web.http import CityRequest


@signed_in
@require_http_methods(["GET", "POST"])
def new(request: CityRequest) -> HttpResponse:
    """Choose a type, then fill in what a case of it needs."""
    types = creatable_types(request.actor)
    code = request.GET.get("type", types[0].code if len(types) == 1 else "")
    if not types and (code or request.method == "POST"):
        raise NotPermitted
    if not code:
        return render(request, "cases/choose_type.html", {"types": types})
    chosen = next((item for item in types if item.code == code), None)
    if chosen is None:
        raise NotFound(zh("没有这个案件类型"))
    form = _form(request, chosen)
    if request.method == "POST" and form.is_valid():
        try:
            opened = open_case(request.actor, new=_new_case(request, chosen, form), now=request.now)
        except OneCityError as refusal:
            form.take(refusal)
        else:
            messages.success(request, gettext("案件已登记，编号 %(number)s") % {"number": opened.number})
            return redirect("cases:case", opened.number)
    return render(request, "cases/new.html", {"form": form, "type": chosen}, status=422 if form.is_bound else 200)


def _form(request: CityRequest, chosen: TypeInfo) -> NewCaseForm:
    form = NewCaseForm(request.POST or None)
    scheme = published_version(chosen.code).settings.scheme
    classes = classes_at(scheme, at=request.now).values()
    choices: dict[str, list[tuple[object, str]]] = {
        "class_code": [("", "—"), *((item.info.code, f"{item.info.code} {item.info.name}") for item in classes)],
        "source_code": [("", "—"), *((item.code, gettext(item.name)) for item in sources())],
        "organisation_id": [
            (identity, name)
            for identity, name in organisation_choices()
            if covers(request.actor, chosen.create, keys=frozenset(organisation_keys(identity)))
        ],
    }
    for name, offered in choices.items():
        field = form.fields[name]
        assert isinstance(field, ChoiceField)
        field.choices = offered
    if not classes:
        del form.fields["class_code"]
    return form


def _new_case(request: CityRequest, chosen: TypeInfo, form: NewCaseForm) -> NewCase:
    given = form.cleaned_data
    place = (given["longitude"], given["latitude"])
    return NewCase(
        type_code=chosen.code,
        title=given["title"],
        organisation_id=given["organisation_id"],
        description=given["description"],
        class_code=given.get("class_code", ""),
        source_code=given["source_code"],
        urgency=given["urgency"],
        division_code=given["division_code"],
        location=place if None not in place else None,
        address=given["address"],
        reporter_name=given["reporter_name"],
        reporter_phone=given["reporter_phone"],
    )
