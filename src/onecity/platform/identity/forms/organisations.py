"""Forms about organisations."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext, gettext_lazy

from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.identity.forms.choosing import choose, number
from onecity.platform.identity.models import Organisation
from onecity.platform.identity.selectors.organisation_lists import OrganisationFacts, organisation_choices
from onecity.platform.identity.selectors.reach import reaches_everything
from onecity.platform.identity.services.organisations import NewOrganisation, OrganisationChange
from onecity.web.forms import CityForm

_CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", gettext_lazy("机构编码由字母、数字、点、横线和下划线组成"))


class OrganisationForm(CityForm):
    """What may change of an organisation."""

    name = forms.CharField(label=zh("机构名称"), max_length=120)
    short_name = forms.CharField(label=zh("机构简称"), max_length=40)
    kind = forms.ChoiceField(label=zh("机构类型"))
    division_code = forms.CharField(
        label=zh("行政区划代码"), max_length=12, required=False, help_text=zh("6、9 或 12 位；不限于一地的机构留空")
    )
    credit_code = forms.CharField(label=zh("统一社会信用代码"), max_length=18, required=False)

    def offer(self, actor: Actor) -> None:
        """Offer the kinds of organisation, in the visitor's language."""
        choose(self.fields["kind"], [(kind.value, gettext(str(kind.label))) for kind in Organisation.Kind])
        self.dress()

    def change(self) -> OrganisationChange:
        """Return what was filled in."""
        data = self.cleaned_data
        return OrganisationChange(
            data["name"], data["short_name"], data["kind"], data["division_code"], data["credit_code"]
        )


class NewOrganisationForm(OrganisationForm):
    """What a new organisation is made of."""

    code = forms.CharField(label=zh("机构编码"), max_length=40, validators=[_CODE], help_text=zh("建立后不能修改"))
    parent = forms.ChoiceField(label=zh("上级机构"), required=False)
    field_order = ("code", "name", "short_name", "kind", "parent", "division_code", "credit_code")

    def offer(self, actor: Actor) -> None:
        """Offer the organisations below which the actor may make one; the top only to who reaches everything."""
        super().offer(actor)
        _offer_parents(self, actor)

    def new(self) -> NewOrganisation:
        """Return what was filled in."""
        data = self.cleaned_data
        return NewOrganisation(
            code=data["code"],
            name=data["name"],
            short_name=data["short_name"],
            kind=data["kind"],
            parent_id=number(data["parent"]),
            division_code=data["division_code"],
            credit_code=data["credit_code"],
        )


class MoveForm(CityForm):
    """Where an organisation is to stand."""

    parent = forms.ChoiceField(label=zh("新的上级机构"), required=False)

    def offer(self, actor: Actor) -> None:
        """Offer the places within the actor's reach."""
        _offer_parents(self, actor)

    def parent_id(self) -> int | None:
        """Return the chosen place; None for the top."""
        return number(self.cleaned_data["parent"])


def described(facts: OrganisationFacts) -> dict[str, object]:
    """Return what a form of changes begins with."""
    return {
        "name": facts.name,
        "short_name": facts.short_name,
        "kind": facts.kind,
        "division_code": facts.division_code,
        "credit_code": facts.credit_code,
    }


def _offer_parents(form: CityForm, actor: Actor) -> None:
    field, found = form.fields["parent"], organisation_choices(actor)
    everything = reaches_everything(actor)
    choose(field, [("", gettext("无（顶层机构）")), *found] if everything else found)
    field.required = not everything
    form.dress()
