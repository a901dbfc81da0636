"""What duty leaders are asked who set how the city works."""

from collections.abc import Sequence

from django import forms

from onecity.domains.urban_management.selectors.standards import SCHEMES
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.text import zh
from onecity.web.forms import CityForm

Choices = Sequence[tuple[object, object]]


class DutyForm(CityForm):
    """Who handles a class."""

    class_code = forms.CharField(
        label=zh("类别编码"), max_length=12, required=True, help_text=zh("大类 E03、小类 E0304 或立案条件 E0304-1")
    )
    division_code = forms.CharField(
        label=zh("区划代码"), max_length=15, required=False, help_text=zh("留空表示全市；可填6、9、12或15位代码")
    )
    organisation_id = forms.TypedChoiceField(label=zh("专业部门"), coerce=int)

    def offer(self, organisations: Choices) -> None:
        """Offer the organisations."""
        field = self.fields["organisation_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", "—"), *organisations]


class AlarmClassForm(CityForm):
    """Under which class alarms are filed."""

    device_type = forms.CharField(label=zh("设备类型"), max_length=80, required=False)
    rule_code = forms.CharField(label=zh("规则编码"), max_length=120, required=False)
    property_code = forms.CharField(label=zh("监测项目编码"), max_length=80, required=False)
    class_code = forms.CharField(label=zh("立案条件编码"), max_length=12, help_text=zh("例如 E0304-1"))
    urgency = forms.TypedChoiceField(
        label=zh("紧急程度"), coerce=int, choices=[(0, zh("一般")), (1, zh("紧急")), (2, zh("特急"))], initial=0
    )
    is_active = forms.BooleanField(label=zh("启用"), required=False, initial=True)


class DraftForm(CityForm):
    """For which scheme a draft is made, and why."""

    scheme_code = forms.ChoiceField(label=zh("编号方案"), choices=list(SCHEMES.items()))
    note = forms.CharField(label=zh("修订说明"), max_length=200, required=False)


class LineForm(CityForm):
    """A line of a draft."""

    code = forms.CharField(
        label=zh("类别编码"), max_length=12, help_text=zh("大类 E03、小类 E0304 或立案条件 E0304-1；编码已有即为修改")
    )
    name = forms.CharField(label=zh("类别或立案条件"), max_length=80)
    limit = forms.CharField(label=zh("处置时限"), max_length=10, required=False, help_text=zh("只有立案条件才填"))
    unit = forms.ChoiceField(
        label=zh("时限单位"), required=False, choices=[("", "—"), *((unit.value, unit.label) for unit in TimeUnit)]
    )
    closing = forms.CharField(
        label=zh("结案条件"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=zh("留空按一般结案条件"),
    )


class PublishForm(CityForm):
    """From when an edition holds."""

    effective_from = forms.DateField(
        label=zh("生效日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=zh("此前受理的案件仍按原标准办理"),
    )


class RepeatForm(CityForm):
    """When a supervisor's report counts as told twice."""

    metres = forms.FloatField(label=zh("距离（米）"), min_value=0, max_value=1000)
    hours = forms.FloatField(label=zh("时间（小时）"), min_value=0, max_value=720)
