"""Forms about roles and grants."""

from datetime import datetime, time
from typing import Final

from django import forms
from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.kernel.clock import CITY_ZONE
from onecity.kernel.text import zh
from onecity.platform.identity.forms.choosing import PermissionsField, choose, number, permissions_field
from onecity.platform.identity.models import Grant
from onecity.platform.identity.selectors.organisation_lists import all_organisation_choices
from onecity.platform.identity.selectors.role_lists import RoleInfo, roles
from onecity.platform.identity.services.grants import NewGrant
from onecity.web.forms import CityForm

_SCOPES: Final = (
    (Grant.ScopeKind.EVERYTHING.value, zh("全市")),
    (Grant.ScopeKind.ORGANISATION.value, zh("本机构及下级")),
    (Grant.ScopeKind.DIVISION.value, zh("行政区划范围")),
)


class RoleForm(CityForm):
    """A role of the city's own."""

    name = forms.CharField(label=zh("角色名称"), max_length=60)
    description = forms.CharField(label=zh("角色说明"), max_length=200, required=False)
    permissions = PermissionsField(label=zh("权限"))

    def offer(self) -> None:
        """Offer every declared permission."""
        permissions_field(self).offer()
        self.dress()


class GrantForm(CityForm):
    """A role within a scope, until a day or for good."""

    role = forms.ChoiceField(label=zh("角色"))
    scope = forms.ChoiceField(label=zh("数据范围"))
    organisation = forms.ChoiceField(label=zh("机构"), required=False, help_text=zh("范围为“本机构及下级”时选择"))
    division_code = forms.CharField(
        label=zh("行政区划代码"),
        max_length=12,
        required=False,
        help_text=zh("范围为“行政区划范围”时填写，6、9 或 12 位"),
    )
    ends_date = forms.DateField(
        label=zh("到期日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=zh("当日结束时到期；留空为长期"),
    )

    def offer(self, actor: Actor, *, now: datetime) -> None:
        """Offer roles, scopes and organisations. now: real time."""
        choose(self.fields["role"], [("", "—"), *[(item.code, shown_name(item)) for item in roles(actor, now=now)]])
        choose(self.fields["scope"], [(code, gettext(name)) for code, name in _SCOPES])
        choose(self.fields["organisation"], [("", "—"), *all_organisation_choices()])
        self.dress()

    def clean(self) -> dict[str, object]:
        """Ask for what the chosen scope needs, and for nothing else."""
        data: dict[str, object] = super().clean() or {}
        scope = data.get("scope")
        needed = {Grant.ScopeKind.ORGANISATION.value: "organisation", Grant.ScopeKind.DIVISION.value: "division_code"}
        for kind, name in needed.items():
            if scope == kind and not data.get(name):
                self.add_error(name, gettext("请填写此范围"))
            elif scope != kind and data.get(name):
                self.add_error(name, gettext("与所选数据范围不符，请留空或改选范围"))
        return data

    def new(self, account_id: int) -> NewGrant:
        """Return what was filled in; the grant ends with the chosen day in the city."""
        data = self.cleaned_data
        day = data["ends_date"]
        return NewGrant(
            account_id=account_id,
            role_code=data["role"],
            organisation_id=number(data["organisation"]),
            division_code=data["division_code"],
            ends_at=datetime.combine(day, time(23, 59, 59), CITY_ZONE) if day else None,
        )


def shown_name(role: RoleInfo) -> str:
    """Return a role's name; built-in ones in the visitor's language."""
    return gettext(role.name) if role.builtin else role.name
