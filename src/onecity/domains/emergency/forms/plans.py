"""Forms about plans and responses."""

from django import forms

from onecity.domains.emergency.forms.fields import offer, spoken, words_field
from onecity.domains.emergency.models import Plan, PlanResource
from onecity.domains.emergency.rules.codes import RESPONSE_LEVELS
from onecity.domains.emergency.rules.plans import STEP_MINUTES
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisations
from onecity.web.forms import CityForm


class PlanForm(CityForm):
    """What a plan is."""

    name = forms.CharField(label=zh("预案名称"), max_length=120)
    kind = forms.ChoiceField(label=zh("预案类别"))
    kind_prefix = forms.CharField(
        label=zh("事件类型前缀"), max_length=5, required=False, help_text=zh("例如11A为水旱灾害；留空适用于全部类型")
    )
    purpose = words_field(zh("编制目的与适用范围"), most=4000, required=False)
    review_by = forms.DateField(
        label=zh("评估修订期限"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        offer(self, "kind", spoken(Plan.Kind.choices))


class NewPlanForm(PlanForm):
    """A plan that is new."""

    code = forms.RegexField(
        r"^[a-z][a-z0-9_]{1,39}$",
        label=zh("预案编码"),
        error_messages={"invalid": zh("以小写字母开头，只含小写字母、数字和下划线")},
    )


class LevelForm(CityForm):
    """A response level of a plan."""

    level = forms.TypedChoiceField(label=zh("响应级别"), coerce=int)
    conditions = words_field(zh("启动条件"), most=2000, rows=2)
    measures = words_field(zh("响应措施"), most=2000, rows=2, required=False)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        offer(self, "level", spoken(RESPONSE_LEVELS.items()))


class GroupForm(CityForm):
    """A working group of a plan."""

    code = forms.RegexField(r"^[a-z][a-z0-9_]{0,19}$", label=zh("工作组编码"))
    name = forms.CharField(label=zh("工作组名称"), max_length=60)
    organisation_id = forms.TypedChoiceField(label=zh("牵头单位"), coerce=int)
    duties = forms.CharField(label=zh("职责"), max_length=400, required=False)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        offer(self, "organisation_id", [(item.id, item.name) for item in organisations()])


class StepForm(CityForm):
    """A step of a plan."""

    group_code = forms.ChoiceField(label=zh("应急工作组"))
    title = forms.CharField(label=zh("处置步骤"), max_length=100)
    detail = forms.CharField(label=zh("步骤说明"), max_length=600, required=False)
    weakest_level = forms.TypedChoiceField(
        label=zh("最低响应级别"), coerce=int, initial=4, help_text=zh("该级别及更高级别响应时执行")
    )
    limit_minutes = forms.TypedChoiceField(
        label=zh("时限（分钟）"), coerce=int, initial=60, choices=[(item, item) for item in STEP_MINUTES]
    )

    def offer_groups(self, groups: list[tuple[str, str]]) -> None:
        """Offer the plan's groups."""
        offer(self, "group_code", groups)
        offer(self, "weakest_level", spoken(RESPONSE_LEVELS.items()))


class NeedForm(CityForm):
    """A resource that a plan counts on."""

    kind = forms.ChoiceField(label=zh("资源类别"))
    name = forms.CharField(label=zh("资源名称"), max_length=80)
    amount = forms.IntegerField(label=zh("数量"), min_value=1)
    unit = forms.CharField(label=zh("计量单位"), max_length=10)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        offer(self, "kind", spoken(PlanResource.Kind.choices))


class StartForm(CityForm):
    """Starting a response."""

    version_id = forms.TypedChoiceField(label=zh("应急预案"), coerce=int)
    level = forms.TypedChoiceField(label=zh("响应级别"), coerce=int)
    conditions_met = words_field(zh("达到的启动条件"), most=600, rows=2)

    def offer_versions(self, versions: list[tuple[int, str]]) -> None:
        """Offer the plans that fit."""
        offer(self, "version_id", versions)
        offer(self, "level", spoken(RESPONSE_LEVELS.items()))


class LevelChangeForm(CityForm):
    """Raising or lowering a response."""

    level = forms.TypedChoiceField(label=zh("响应级别"), coerce=int)
    reason = words_field(zh("理由"), most=600, rows=2)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        offer(self, "level", spoken(RESPONSE_LEVELS.items()))
