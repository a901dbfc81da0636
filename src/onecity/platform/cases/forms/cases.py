"""Forms of the case pages: what is asked comes from the process, the type and the person."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext

from onecity.kernel.text import zh
from onecity.platform.cases.contracts import OutcomeInfo
from onecity.platform.cases.rules.forms import Form, FormField
from onecity.platform.cases.rules.outcomes import LONGEST_NOTE
from onecity.platform.cases.rules.requests import RequestRule
from onecity.platform.cases.selectors.types import TypeInfo
from onecity.web.forms import CityForm

Choices = Sequence[tuple[object, str]]


def task_form(
    outcome: OutcomeInfo,
    form: Form | None,
    *,
    organisations: Choices,
    values: Mapping[str, object] | None = None,
    held: bool = False,
) -> CityForm:
    """Return the form that an outcome of a task asks for. held: whether the task waits for others."""
    shown = CityForm(values)
    for item in form.fields if form else ():
        shown.fields[f"data-{item.name}"] = _field(item)
    if outcome.organisation:
        choices = [("", "—"), *organisations]
        shown.fields["organisation"] = forms.ChoiceField(label=zh("承办机构"), choices=choices)
    shown.fields["note"] = forms.CharField(
        label=zh("理由") if outcome.reason else zh("说明"),
        required=outcome.reason,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    if held:
        shown.fields["overrule"] = forms.CharField(
            label=zh("不再等待的理由"),
            help_text=zh("协办或子案件尚未办完；等待其办完后再办理，或写明理由后直接办理"),
            max_length=LONGEST_NOTE,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
    return shown.dress()


def _field(item: FormField) -> forms.Field:
    label, hint = item.title, item.hint
    if item.type == "boolean":
        return forms.BooleanField(label=label, help_text=hint, required=False)
    if item.type == "string" and item.choices:
        choices = [("", "—"), *((choice, choice) for choice in item.choices)]
        return forms.ChoiceField(label=label, help_text=hint, required=item.required, choices=choices)
    if item.type == "string":
        widget = _text_widget(item.format)
        return forms.CharField(label=label, help_text=hint, required=item.required, max_length=item.most, widget=widget)
    if item.type == "integer":
        low, high = (None if limit is None else int(limit) for limit in (item.low, item.high))
        return forms.IntegerField(label=label, help_text=hint, required=item.required, min_value=low, max_value=high)
    return forms.FloatField(
        label=label, help_text=hint, required=item.required, min_value=item.low, max_value=item.high
    )


def _text_widget(form_of: str) -> forms.Widget:
    if form_of == "textarea":
        return forms.Textarea(attrs={"rows": 3})
    return forms.DateInput(attrs={"type": "date"}) if form_of == "date" else forms.TextInput()


def form_values(form: CityForm) -> dict[str, object]:
    """Return what a person gave for the task's own form, without empty fields."""
    given = {name.removeprefix("data-"): value for name, value in form.cleaned_data.items() if name.startswith("data-")}
    return {name: value for name, value in given.items() if value is not None and value != ""}


def request_form(rule: RequestRule, values: Mapping[str, object] | None = None) -> CityForm:
    """Return the form that a request asks for."""
    shown = CityForm(values)
    if rule.kind == "postpone" and rule.longest:
        unit = gettext(rule.longest.unit.label)
        shown.fields["amount"] = forms.DecimalField(
            label=gettext("延长时间（%(unit)s）") % {"unit": unit}, min_value=0, max_digits=8, decimal_places=2
        )
    if rule.kind == "suspend":
        shown.fields["until"] = forms.DateField(
            label=zh("复查日期"),
            help_text=zh("到这一天自动恢复办理"),
            widget=forms.DateInput(attrs={"type": "date"}),
        )
    if rule.reasons:
        choices = [("", "—"), *((code, gettext(name)) for code, name in rule.reasons)]
        shown.fields["reason_code"] = forms.ChoiceField(label=zh("原因"), choices=choices)
    shown.fields["reason"] = forms.CharField(
        label=zh("理由"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )
    return shown.dress()


def assistance_form(organisations: Choices) -> CityForm:
    """Return the form by which bodies are asked to assist."""
    shown = CityForm()
    shown.fields["organisations"] = forms.MultipleChoiceField(
        label=zh("协办单位"),
        choices=organisations,
        help_text=zh("可选择多个单位"),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    shown.fields["wish"] = forms.CharField(
        label=zh("协办要求"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )
    return shown.dress()


def subcase_form(organisations: Choices, *, title: str) -> CityForm:
    """Return the form by which a case is opened under a task. title: what is offered as the new case's."""
    shown = CityForm(initial={"title": title})
    shown.fields["title"] = forms.CharField(label=zh("标题"), max_length=120)
    shown.fields["organisation"] = forms.ChoiceField(label=zh("主管机构"), choices=[("", "—"), *organisations])
    shown.fields["description"] = forms.CharField(
        label=zh("描述"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    return shown.dress()


class NewCaseForm(CityForm):
    """What is asked when a case is opened by hand."""

    title = forms.CharField(label=zh("标题"), max_length=120)
    description = forms.CharField(
        label=zh("描述"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    class_code = forms.ChoiceField(label=zh("分类"), required=False)
    source_code = forms.ChoiceField(label=zh("来源"), required=False)
    urgency = forms.TypedChoiceField(
        label=zh("紧急程度"), coerce=int, choices=[(0, zh("一般")), (1, zh("紧急")), (2, zh("特急"))], initial=0
    )
    organisation_id = forms.TypedChoiceField(label=zh("主管机构"), coerce=int)
    division_code = forms.CharField(
        label=zh("网格或区划代码"), max_length=15, help_text=zh("6至15位数字；可在地图上选点后自动填入")
    )
    address = forms.CharField(label=zh("地址"), max_length=200, required=False)
    longitude = forms.FloatField(label=zh("经度"), required=False, min_value=-180, max_value=180)
    latitude = forms.FloatField(label=zh("纬度"), required=False, min_value=-90, max_value=90)
    reporter_name = forms.CharField(label=zh("反映人姓名"), max_length=40, required=False)
    reporter_phone = forms.CharField(label=zh("反映人电话"), max_length=20, required=False)


class TypeForm(CityForm):
    """A new case type."""

    code = forms.CharField(
        label=zh("类型编码"), max_length=80, help_text=zh("小写英文单词，用点连接，例如 local.tree_care")
    )
    name = forms.CharField(label=zh("类型名称"), max_length=60)
    template = forms.ChoiceField(label=zh("以哪个流程为样本"))

    def offer(self, types: Sequence[TypeInfo]) -> None:
        """Offer the types whose process may be copied."""
        field = self.fields["template"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(item.code, item.name) for item in types if item.published]


class PeriodForm(CityForm):
    """A working period."""

    start = forms.TimeField(label=zh("开始时刻"), widget=forms.TimeInput(attrs={"type": "time"}))
    end = forms.TimeField(label=zh("结束时刻"), widget=forms.TimeInput(attrs={"type": "time"}))


class DayForm(CityForm):
    """A day that differs from the week."""

    day = forms.DateField(label=zh("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label=zh("类别"), choices=[("holiday", zh("放假")), ("make_up", zh("调休上班"))])
    name = forms.CharField(label=zh("名称"), max_length=40, required=False)


class DaysFileForm(CityForm):
    """Days as CSV."""

    file = forms.FileField(label=zh("日历文件"), help_text=zh("CSV，每行：日期,类别（放假或调休上班）,名称"))
