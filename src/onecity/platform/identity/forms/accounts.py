"""Forms about accounts."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext, gettext_lazy

from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.identity.forms.choosing import choose, number
from onecity.platform.identity.models import Account
from onecity.platform.identity.selectors.account_lists import AccountFacts
from onecity.platform.identity.selectors.organisation_lists import organisation_choices
from onecity.platform.identity.selectors.reach import reaches_everything
from onecity.platform.identity.services.accounts import AccountChange, NewAccount
from onecity.web.forms import CityForm

_USERNAME = RegexValidator(
    r"^[a-z0-9][a-z0-9._-]{1,39}$", gettext_lazy("登录名由小写字母、数字、点、横线和下划线组成，至少两位")
)


class AccountForm(CityForm):
    """What may change of an account."""

    full_name = forms.CharField(label=zh("姓名"), max_length=40)
    organisation = forms.ChoiceField(label=zh("所属机构"), required=False)
    phone = forms.CharField(
        label=zh("手机号码"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=zh("加密保存，页面上只显示脱敏号码；变更时留空表示不修改"),
    )

    def offer(self, actor: Actor) -> None:
        """Offer the organisations within the actor's reach; none at all only to who reaches everything."""
        field, found = self.fields["organisation"], organisation_choices(actor)
        everything = reaches_everything(actor)
        choose(field, [("", gettext("不属于任何机构")), *found] if everything else found)
        field.required = not everything
        self.dress()

    def change(self) -> AccountChange:
        """Return what was filled in."""
        data = self.cleaned_data
        return AccountChange(data["full_name"], number(data["organisation"]), data["phone"])


class NewAccountForm(AccountForm):
    """What a new account is made of; its first password is drawn."""

    username = forms.CharField(
        label=zh("登录名"),
        max_length=40,
        validators=[_USERNAME],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=zh("小写字母、数字、点、横线和下划线，建立后不能修改"),
    )
    kind = forms.ChoiceField(label=zh("账户类型"))
    field_order = ("username", "full_name", "kind", "organisation", "phone")

    def offer(self, actor: Actor) -> None:
        """Offer the kinds of account too, in the visitor's language."""
        choose(self.fields["kind"], [(kind.value, gettext(str(kind.label))) for kind in Account.Kind])
        super().offer(actor)

    def new(self, password: str) -> NewAccount:
        """Return what was filled in."""
        data = self.cleaned_data
        return NewAccount(
            username=data["username"],
            full_name=data["full_name"],
            kind=data["kind"],
            password=password,
            organisation_id=number(data["organisation"]),
            phone=data["phone"],
        )


def described(facts: AccountFacts) -> dict[str, object]:
    """Return what a form of changes begins with; the phone number is never part of it."""
    return {"full_name": facts.full_name, "organisation": str(facts.organisation_id or "")}
