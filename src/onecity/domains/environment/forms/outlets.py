"""Forms of pollution sources."""

from collections.abc import Sequence

from django import forms

from onecity.domains.environment.contracts import NewEnterprise, NewLimit, NewOutlet, NewStandstill
from onecity.domains.environment.forms.fields import day_field, instant_field
from onecity.domains.environment.models import Standstill
from onecity.domains.environment.rules.outlets.factors import FACTOR_NAMES, Factor
from onecity.domains.environment.rules.outlets.judging import BASIS_NAMES, SPAN_NAMES
from onecity.kernel.text import zh
from onecity.web.forms import CityForm


class EnterpriseForm(CityForm):
    """An enterprise."""

    uscc = forms.CharField(
        label=zh("统一社会信用代码"), max_length=20, help_text=zh("名称、地址和所在区划从法人库带出")
    )
    name = forms.CharField(
        label=zh("企业名称"), max_length=120, required=False, help_text=zh("法人库中没有时才需要填写")
    )
    address = forms.CharField(label=zh("地址"), max_length=160, required=False)
    permit_number = forms.CharField(label=zh("排污许可证编号"), max_length=40, required=False)
    contact = forms.CharField(label=zh("环保联系部门"), max_length=60, required=False)
    is_key = forms.BooleanField(label=zh("重点排污单位"), required=False)

    def enterprise(self, *, organisation_id: int) -> NewEnterprise:
        """Return what was entered; call it when the form is valid. organisation_id: who supervises it."""
        return NewEnterprise(organisation_id=organisation_id, **self.cleaned_data)


class OutletForm(CityForm):
    """An outlet."""

    device_key = forms.CharField(
        label=zh("数采仪编码（MN）"), max_length=64, help_text=zh("先在“设备”中登记废水或废气排口数采仪")
    )
    code = forms.CharField(label=zh("排口编号"), max_length=20, help_text=zh("例如 DW001、DA001"))
    name = forms.CharField(label=zh("排口名称"), max_length=80)
    factors = forms.MultipleChoiceField(
        label=zh("监测因子"),
        choices=list(FACTOR_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    begun_at = instant_field(zh("联网时间"))

    def outlet(self, *, enterprise_id: int) -> NewOutlet:
        """Return what was entered; call it when the form is valid."""
        given = {**self.cleaned_data, "factors": tuple(self.cleaned_data["factors"])}
        return NewOutlet(enterprise_id=enterprise_id, **given)


class LimitForm(CityForm):
    """What the permit allows."""

    factor = forms.ChoiceField(label=zh("监测因子"))
    span = forms.ChoiceField(label=zh("均值类型"), choices=[(item.value, name) for item, name in SPAN_NAMES.items()])
    basis = forms.ChoiceField(label=zh("判定浓度"), choices=[(item.value, name) for item, name in BASIS_NAMES.items()])
    upper = forms.DecimalField(
        label=zh("上限"), required=False, max_digits=12, decimal_places=4, help_text=zh("不填表示自该日起取消限值")
    )
    lower = forms.DecimalField(label=zh("下限（只用于pH）"), required=False, max_digits=12, decimal_places=4)
    valid_from = day_field(zh("生效日期"))
    source = forms.CharField(label=zh("依据"), max_length=200)

    def __init__(self, *args: object, factors: Sequence[str], **options: object) -> None:
        super().__init__(*args, **options)
        field = self.fields["factor"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, Factor(code).label) for code in factors]

    def limit(self, *, outlet_id: int) -> NewLimit:
        """Return what was entered; call it when the form is valid."""
        return NewLimit(outlet_id=outlet_id, **self.cleaned_data)


class StandstillForm(CityForm):
    """A reported standstill."""

    begins_at = instant_field(zh("开始时间"))
    ends_at = instant_field(zh("结束时间"))
    reason = forms.ChoiceField(label=zh("停运原因"), choices=Standstill.Reason.choices)
    note = forms.CharField(label=zh("说明"), max_length=200, required=False)

    def standstill(self, *, outlet_id: int) -> NewStandstill:
        """Return what was entered; call it when the form is valid."""
        return NewStandstill(outlet_id=outlet_id, **self.cleaned_data)
