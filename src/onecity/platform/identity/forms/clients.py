"""Forms about API clients and tokens."""

from datetime import timedelta
from typing import Final

from django import forms
from django.utils.translation import gettext

from onecity.kernel.text import zh
from onecity.platform.identity.forms.choosing import PermissionsField, choose, number, permissions_field
from onecity.platform.identity.selectors.organisation_lists import all_organisation_choices
from onecity.platform.identity.services.clients import NewClient, barred_from_programs
from onecity.web.forms import CityForm

_LIVES: Final = (("30", zh("30 天")), ("90", zh("90 天")), ("180", zh("180 天")), ("365", zh("365 天")))


class ClientForm(CityForm):
    """What a program is registered with."""

    name = forms.CharField(label=zh("应用名称"), max_length=80)
    organisation = forms.ChoiceField(label=zh("所属机构"))
    purpose = forms.CharField(label=zh("用途说明"), max_length=200)
    everywhere = forms.BooleanField(
        label=zh("全市范围"), required=False, help_text=zh("不勾选时，只能访问所属机构及其下级的数据")
    )
    permissions = PermissionsField(label=zh("权限"))

    def offer(self) -> None:
        """Offer organisations, and the permissions that programs may hold."""
        choose(self.fields["organisation"], [("", "—"), *all_organisation_choices()])
        permissions_field(self).offer(barred=barred_from_programs())
        self.dress()

    def new(self) -> NewClient:
        """Return what was filled in; the organisation was chosen, so there is one."""
        data = self.cleaned_data
        return NewClient(
            name=data["name"],
            organisation_id=number(data["organisation"]) or 0,
            purpose=data["purpose"],
            permission_codes=data["permissions"],
            everywhere=data["everywhere"],
        )


class TokenForm(CityForm):
    """How long a token is to live."""

    days = forms.ChoiceField(label=zh("有效期"), initial="90")

    def offer(self) -> None:
        """Offer lives of up to a year."""
        choose(self.fields["days"], [(days, gettext(name)) for days, name in _LIVES])
        self.dress()

    def life(self) -> timedelta:
        """Return the chosen life."""
        return timedelta(days=int(self.cleaned_data["days"]))
