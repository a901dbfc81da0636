"""What citizens, clerks and keepers are asked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django import forms
from django.db import models
from django.utils.translation import gettext

from onecity.domains.welfare.contracts import NewApplication, NewAsset, NewExpense, NewIncome, NewMember
from onecity.domains.welfare.models import DeclaredExpense, PolicyTable
from onecity.domains.welfare.rules.codes import (
    AID_NAMES,
    ASSET_NAMES,
    DEPARTMENT_NAMES,
    MARITAL_NAMES,
    RELATION_NAMES,
    TOPIC_NAMES,
    Aid,
    Asset,
    Department,
    Marital,
    Relation,
)
from onecity.kernel.text import zh
from onecity.web.forms import CityForm

Choices = list[tuple[str, str]]
Code = TypeVar("Code", bound=str)


def _named(names: Mapping[Code, str]) -> Choices:
    return [(str(code), name) for code, name in names.items()]


class TranslatedForm(CityForm):
    """A form whose choices speak the visitor's language."""

    def dress(self) -> CityForm:
        """Translate the choices too."""
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                offered = field.choices
                assert not callable(offered)
                field.choices = [(code, gettext(str(name))) for code, name in offered]
        return super().dress()


class MemberForm(TranslatedForm):
    """One member of the household."""

    name = forms.CharField(label=zh("姓名"), max_length=40)
    identifier = forms.CharField(
        label=zh("公民身份号码"), max_length=18, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    relation = forms.ChoiceField(label=zh("与申请人关系"), choices=_named(RELATION_NAMES)[1:])
    marital = forms.ChoiceField(label=zh("婚姻状况"), choices=_named(MARITAL_NAMES))
    disability = forms.TypedChoiceField(
        label=zh("残疾等级"),
        coerce=int,
        choices=[("0", zh("无")), ("1", zh("一级")), ("2", zh("二级")), ("3", zh("三级")), ("4", zh("四级"))],
    )
    unable = forms.BooleanField(label=zh("无劳动能力或未就业"), required=False)
    in_school = forms.BooleanField(label=zh("全日制在校学生"), required=False)
    supports = forms.BooleanField(label=zh("不共同生活，但负有赡养、抚养义务"), required=False)

    def member(self) -> NewMember:
        """Return what was given."""
        given = self.cleaned_data
        return NewMember(
            given["name"],
            given["identifier"],
            Relation(given.get("relation") or Relation.SELF),
            Marital(given["marital"]),
            not given["unable"],
            given["disability"],
            given["in_school"],
            given.get("supports", False),
        )


class ApplicationForm(MemberForm):
    """An application with its applicant."""

    aid = forms.ChoiceField(label=zh("救助类别"), choices=_named(AID_NAMES))
    organisation_id = forms.TypedChoiceField(label=zh("户籍地或居住地街道（乡镇）"), coerce=int)
    address = forms.CharField(label=zh("居住地址"), max_length=200)
    phone = forms.RegexField(
        r"^(1\d{10}|0\d{2,3}-?\d{7,8})$",
        label=zh("联系电话"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"invalid": zh("请填写11位手机号或带区号的固定电话")},
    )
    living_area = forms.DecimalField(label=zh("居住面积（平方米）"), min_value=0, max_digits=8, decimal_places=2)
    reason = forms.CharField(
        label=zh("困难原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    field_order = ("aid", "organisation_id", "name", "identifier", "phone", "address", "living_area", "marital")

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        for name in ("relation", "supports"):
            del self.fields[name]

    def offer(self, streets: Iterable[tuple[int, str]]) -> None:
        """Offer the streets."""
        field = self.fields["organisation_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", "—"), *((str(code), name) for code, name in streets)]

    def application(self) -> NewApplication:
        """Return what was given."""
        given = self.cleaned_data
        return NewApplication(
            Aid(given["aid"]),
            given["organisation_id"],
            self.member(),
            given["address"],
            given["phone"],
            given["living_area"],
            given["reason"],
        )


class MonthField(forms.CharField):
    """A month, as a browser's month field sends it; gives its first day."""

    def __init__(self, *, label: str) -> None:
        super().__init__(label=label, widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-01"}))

    def clean(self, value: object) -> date:
        """Read the month. Raises: ValidationError."""
        text = super().clean(value)
        try:
            return date.fromisoformat(f"{text}-01")
        except ValueError:
            raise forms.ValidationError(gettext("月份应写成 2026-01 的形式")) from None


class IncomeForm(TranslatedForm):
    """Declared income."""

    topic = forms.ChoiceField(label=zh("收入项目"), choices=_named(TOPIC_NAMES))
    monthly = forms.DecimalField(label=zh("每月金额（元）"), min_value=0, max_digits=10, decimal_places=2)
    deductions = forms.DecimalField(
        label=zh("每月税费与个人缴费（元）"), min_value=0, max_digits=10, decimal_places=2, required=False
    )
    from_month = MonthField(label=zh("起始月份"))
    to_month = MonthField(label=zh("截止月份"))

    def income(self) -> NewIncome:
        """Return what was given."""
        given = self.cleaned_data
        taken = given["deductions"] or Decimal(0)
        return NewIncome(given["topic"], given["monthly"], given["from_month"], given["to_month"], taken)


class AssetForm(TranslatedForm):
    """Declared property."""

    kind = forms.ChoiceField(label=zh("财产项目"), choices=_named(ASSET_NAMES))
    mark = forms.CharField(
        label=zh("号牌、不动产权证号或信用代码"), max_length=40, required=False, help_text=zh("存款、证券等可不填")
    )
    value = forms.DecimalField(
        label=zh("金额或价值（元）"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    area = forms.DecimalField(
        label=zh("建筑面积（平方米）"), min_value=0, max_digits=8, decimal_places=2, required=False
    )
    living_tool = forms.BooleanField(label=zh("生产生活必需或残疾人代步"), required=False)
    operating = forms.BooleanField(label=zh("营运车辆"), required=False)

    def asset(self) -> NewAsset:
        """Return what was given."""
        given = self.cleaned_data
        return NewAsset(
            Asset(given["kind"]),
            given["mark"],
            given["value"] or Decimal(0),
            given["area"] or Decimal(0),
            given["living_tool"],
            given["operating"],
        )


class ExpenseForm(TranslatedForm):
    """Declared unavoidable expenditure."""

    topic = forms.ChoiceField(label=zh("支出项目"), choices=list(DeclaredExpense.Topic.choices))
    amount = forms.DecimalField(label=zh("核算期内自付金额（元）"), min_value=0, max_digits=10, decimal_places=2)

    def expense(self) -> NewExpense:
        """Return what was given."""
        return NewExpense(self.cleaned_data["topic"], self.cleaned_data["amount"])


class ConsentForm(TranslatedForm):
    """What an authorisation covers."""

    departments = forms.MultipleChoiceField(
        label=zh("授权查询的部门"), choices=_named(DEPARTMENT_NAMES), widget=forms.CheckboxSelectMultiple
    )
    valid_from = forms.DateField(label=zh("生效日期"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label=zh("截止日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def asked(self) -> tuple[Department, ...]:
        """Return the departments."""
        return tuple(Department(code) for code in self.cleaned_data["departments"])


class PolicyForm(TranslatedForm):
    """A version of the limits."""

    division_code = forms.RegexField(
        r"^(\d{4}|\d{6}|\d{9})?$", label=zh("适用区划"), required=False, help_text=zh("留空表示全市")
    )
    valid_from = forms.DateField(label=zh("生效日期"), widget=forms.DateInput(attrs={"type": "date"}))
    uncounted = forms.MultipleChoiceField(
        label=zh("不计入的收入项目"),
        choices=_named(TOPIC_NAMES),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    source = forms.CharField(label=zh("文件依据"), max_length=200)
    FIGURES: Sequence[str] = (
        "line",
        "margin_multiple",
        "burden_multiple",
        "burden_share",
        "look_back_months",
        "deposit_multiple",
        "vehicles",
        "houses",
        "capital",
        "housing_line",
        "housing_area",
        "support_multiple",
        "support_share",
        "work_share",
        "tolerance",
        "tolerance_share",
        "report_days",
        "street_days",
        "county_days",
        "recheck_months",
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        for name in self.FIGURES:
            column = PolicyTable._meta.get_field(name)
            assert isinstance(column, models.Field)
            field = column.formfield()
            assert isinstance(field, forms.Field)
            self.fields[name] = field
        self.dress()

    def values(self) -> dict[str, object]:
        """Return the columns."""
        return {**self.cleaned_data, "uncounted": list(self.cleaned_data["uncounted"])}


class RecheckForm(CityForm):
    """A re-check to be started."""

    name = forms.CharField(label=zh("名称"), max_length=60)
    as_of = forms.DateField(label=zh("核对基准日"), widget=forms.DateInput(attrs={"type": "date"}))


class LookForm(CityForm):
    """Why one looks at a confidential report."""

    reason = forms.CharField(label=zh("查看事由"), max_length=200, help_text=zh("查看会留下记录，本人可以查询"))


class CheckForm(CityForm):
    """Number and code of a report."""

    number = forms.CharField(label=zh("报告编号"), max_length=24)
    code = forms.CharField(label=zh("验证码"), max_length=16, widget=forms.TextInput(attrs={"autocomplete": "off"}))
