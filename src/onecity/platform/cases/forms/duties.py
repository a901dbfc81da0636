"""Forms of deputies and the duty roster."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext

from onecity.kernel.text import zh
from onecity.platform.cases.rules.duties import LONGEST_REASON
from onecity.web.forms import CityForm

_MOMENT = {"type": "datetime-local"}
_AS_TYPED = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


def _moment(label: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs=_MOMENT, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, input_formats=_AS_TYPED)


class DeputationForm(CityForm):
    """Who stands in for whom."""

    principal = forms.CharField(
        label=zh("被代理人登录名"),
        max_length=60,
        required=False,
        help_text=zh("为本人设置时不填；督办人员可为下属设置"),
    )
    deputy = forms.CharField(label=zh("代理人登录名"), max_length=60)
    starts_at = _moment(zh("起始时间"))
    ends_at = _moment(zh("截止时间"))
    posts = forms.MultipleChoiceField(
        label=zh("代理的岗位"),
        required=False,
        help_text=zh("不选即代理全部岗位"),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    reason = forms.CharField(label=zh("事由"), max_length=LONGEST_REASON)

    def offer(self, posts: Sequence[tuple[str, str]], *, supervises: bool) -> None:
        """Offer the posts, and the principal to those who may set it for others."""
        field = self.fields["posts"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(code, gettext(name)) for code, name in posts]
        if not supervises:
            del self.fields["principal"]


class ShiftForm(CityForm):
    """Who is on duty."""

    organisation = forms.ChoiceField(label=zh("值班机构"))
    post = forms.ChoiceField(label=zh("值班岗位"))
    account = forms.CharField(label=zh("值班人登录名"), max_length=60)
    starts_at = _moment(zh("起始时间"))
    ends_at = _moment(zh("截止时间"))

    def offer(self, posts: Sequence[tuple[str, str]], organisations: Sequence[tuple[int, str]]) -> None:
        """Offer the posts and the organisations."""
        for name, choices in (
            ("post", [(code, gettext(text)) for code, text in posts]),
            ("organisation", [(str(code), text) for code, text in organisations]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "—"), *choices]
