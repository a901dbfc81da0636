"""Forms about alarm rules."""

from typing import Final

from django import forms
from django.utils.translation import gettext

from onecity.kernel.text import zh
from onecity.platform.iot.contracts import RuleText
from onecity.platform.iot.declare import PERIOD_NAMES, SEVERITY_NAMES, Limits, Period, Severity
from onecity.platform.iot.forms.choosing import choose
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.series import SUB_VALUES
from onecity.web.forms import CityForm

_KINDS: Final = (
    ("above", zh("高于上限")),
    ("below", zh("低于下限")),
    ("outside", zh("超出范围")),
    ("no_data", zh("数据中断")),
)


class RuleForm(CityForm):
    """What an alarm rule says."""

    name = forms.CharField(label=zh("规则名称"), max_length=80)
    device_type = forms.ChoiceField(label=zh("设备类型"))
    property_code = forms.CharField(
        label=zh("监测项"), max_length=80, widget=forms.TextInput(attrs={"list": "property-codes"})
    )
    period = forms.ChoiceField(label=zh("时段"))
    sub_value = forms.ChoiceField(label=zh("取值"), required=False)
    kind = forms.ChoiceField(label=zh("规则类型"))
    upper = forms.FloatField(label=zh("上限"), required=False, help_text=zh("高于此值时触发"))
    clear_upper = forms.FloatField(
        label=zh("上限解除值"), required=False, help_text=zh("降到此值及以下才解除（回差）；留空即上限")
    )
    lower = forms.FloatField(label=zh("下限"), required=False, help_text=zh("低于此值时触发"))
    clear_lower = forms.FloatField(
        label=zh("下限解除值"), required=False, help_text=zh("升到此值及以上才解除（回差）；留空即下限")
    )
    hold_s = forms.IntegerField(label=zh("持续时间（秒）"), min_value=0, initial=0, help_text=zh("超限须持续这么久"))
    hold_count = forms.IntegerField(label=zh("连续次数"), min_value=1, initial=1, help_text=zh("超限须连续这么多次"))
    clear_s = forms.IntegerField(
        label=zh("恢复持续时间（秒）"), min_value=0, initial=0, help_text=zh("恢复须持续这么久才解除")
    )
    gap_s = forms.IntegerField(
        label=zh("最长间隔（秒）"), min_value=0, initial=0, help_text=zh("两次数据相隔更久时重新计数；0为不限")
    )
    silent_s = forms.IntegerField(
        label=zh("中断时间（秒）"), min_value=0, initial=0, help_text=zh("仅用于数据中断规则")
    )
    severity = forms.ChoiceField(label=zh("级别"))
    text = forms.CharField(
        label=zh("告警内容"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=zh("可用占位符：{device} {property} {value} {unit} {limit} {time}"),
    )
    source = forms.CharField(label=zh("依据"), max_length=120, required=False)

    def offer(self) -> None:
        """Offer types, periods, kinds and severities."""
        choose(self.fields["device_type"], [(kind.code, gettext(kind.name)) for kind in device_types()])
        choose(self.fields["period"], [(str(code), gettext(name)) for code, name in PERIOD_NAMES.items()])
        choose(self.fields["sub_value"], [(code, gettext(name)) for code, name in SUB_VALUES.items()])
        choose(self.fields["kind"], [(code, gettext(name)) for code, name in _KINDS])
        choose(self.fields["severity"], [(str(code), gettext(name)) for code, name in SEVERITY_NAMES.items()])

    def rule_text(self) -> RuleText:
        """Return what the rule says."""
        given = self.cleaned_data
        return RuleText(
            name=given["name"],
            device_type=given["device_type"],
            property_code=given["property_code"].strip(),
            kind=given["kind"],
            limits=Limits(**{name: given[name] for name in Limits.__dataclass_fields__}),
            text=given["text"],
            period=Period(given["period"]),
            sub_value=given["sub_value"],
            severity=Severity(given["severity"]),
            source=given["source"],
        )


class NewRuleForm(RuleForm):
    """A rule's first draft."""

    code = forms.CharField(label=zh("规则编码"), max_length=80, help_text=zh("形如 city.high_pm，一经使用不再改变"))
    field_order = ("code",)


def told(text: RuleText) -> dict[str, object]:
    """Return what a rule says as `RuleForm` begins with it."""
    plain: dict[str, object] = {name: getattr(text, name) for name in RuleText.__dataclass_fields__ if name != "limits"}
    return {**plain, **{name: getattr(text.limits, name) for name in Limits.__dataclass_fields__}}
