"""What citizens, grid supervisors and acceptors are asked."""

from collections.abc import Sequence

from django import forms
from django.core import signing

from onecity.kernel.text import zh
from onecity.platform.geo.api import PositionFields
from onecity.web.forms import CityForm

Choices = Sequence[tuple[object, object]]
_KEYS = signing.Signer(salt="urban_management.report")


def new_key(text: str) -> str:
    """Return a report's key as the page carries it, signed so that nobody makes his own."""
    return _KEYS.sign(text)


class ReportForm(PositionFields):
    """A problem as a citizen tells it."""

    description = forms.CharField(
        label=zh("发生了什么"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=zh("什么东西、什么情况、有没有危险。请勿填写他人的姓名、电话等信息"),
    )
    reporter_name = forms.CharField(
        label=zh("称呼"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    reporter_phone = forms.RegexField(
        r"^(1\d{10}|0\d{2,3}-?\d{7,8})$",
        label=zh("联系电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"invalid": zh("请填写11位手机号或带区号的固定电话")},
    )
    consent = forms.BooleanField(label=zh("我已阅读并同意个人信息使用说明"))
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)

    def clean_key(self) -> str:
        """Take the signature off.

        Raises: ValidationError if the key is not ours.
        """
        try:
            return _KEYS.unsign(self.cleaned_data["key"])
        except signing.BadSignature:
            raise forms.ValidationError(zh("页面已失效，请刷新后重新填写")) from None


class PatrolForm(PositionFields):
    """A problem as a grid supervisor finds it."""

    class_code = forms.ChoiceField(label=zh("类别"), required=False)
    description = forms.CharField(label=zh("情况描述"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    urgency = forms.TypedChoiceField(
        label=zh("紧急程度"), coerce=int, choices=[(0, zh("一般")), (1, zh("紧急")), (2, zh("特急"))], initial=0
    )
    not_repeated = forms.BooleanField(label=zh("确认不是重复上报"), required=False)
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)

    def offer(self, classes: Choices) -> None:
        """Offer the classes, by group."""
        field = self.fields["class_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *classes]


class FollowForm(CityForm):
    """Number and code of a report."""

    number = forms.RegexField(
        r"^\d{19}$",
        label=zh("案件编号"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "19", "autocomplete": "off"}),
        error_messages={"invalid": zh("案件编号是19位数字")},
    )
    code = forms.CharField(
        label=zh("查询码"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class RatingForm(CityForm):
    """What the reporter thinks of the handling."""

    satisfied = forms.TypedChoiceField(
        label=zh("您对处理结果"),
        coerce=lambda text: text == "yes",
        choices=[("yes", zh("满意")), ("no", zh("不满意"))],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=zh("意见建议"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class FilingForm(CityForm):
    """Under which condition a case is filed."""

    class_code = forms.ChoiceField(label=zh("立案类别与条件"))
    note = forms.CharField(
        label=zh("受理意见"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def offer(self, classes: Choices) -> None:
        """Offer the classes, by group."""
        field = self.fields["class_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *classes]
