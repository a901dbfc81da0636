"""Forms of metering."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TypedDict

from django import forms
from django.utils.translation import gettext

from onecity.domains.metering.contracts import MeterFacts, NewTariff
from onecity.domains.metering.models import Meter
from onecity.domains.metering.rules.codes import SUPPLY_NAMES
from onecity.kernel.text import zh
from onecity.web.forms import CityForm


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ExchangeValues(TypedDict):
    """What the form of an exchange holds."""

    at: datetime
    last_register: Decimal
    first_register: Decimal


class MeterForm(CityForm):
    """What staff tell of a meter."""

    category = forms.CharField(
        label=zh("用户类别"),
        max_length=30,
        required=False,
        help_text=zh("与价格版本的用户类别一致，如“居民”；不填则不出账"),
    )
    customer_number = forms.CharField(label=zh("户号"), max_length=30, required=False)
    premises_code = forms.CharField(label=zh("楼栋或房屋编码"), max_length=60, required=False)
    persons = forms.IntegerField(label=zh("用户人数"), min_value=0, max_value=99, initial=0)
    zone_code = forms.CharField(label=zh("计量分区编码"), max_length=40, required=False)
    watched = forms.BooleanField(label=zh("关爱户（独居老人等，长时间无用量时告警）"), required=False)
    multiplier = forms.DecimalField(label=zh("倍率"), max_digits=9, decimal_places=3, initial=1)
    capacity = forms.DecimalField(label=zh("满码值"), max_digits=12, decimal_places=0, initial=1_000_000)

    @staticmethod
    def initial_of(row: Meter) -> dict[str, object]:
        """Return what stands."""
        names = ("category", "customer_number", "premises_code", "persons", "watched", "multiplier", "capacity")
        return {**{name: getattr(row, name) for name in names}, "zone_code": row.zone.code if row.zone else ""}

    def facts(self) -> MeterFacts:
        """Return what was entered; call it when the form is valid."""
        return MeterFacts(**self.cleaned_data)


class ExchangeForm(CityForm):
    """One meter for another."""

    at = forms.DateTimeField(
        label=zh("换表时间"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    last_register = forms.DecimalField(label=zh("旧表止码"), max_digits=15, decimal_places=3, min_value=0)
    first_register = forms.DecimalField(label=zh("新表起码"), max_digits=15, decimal_places=3, min_value=0, initial=0)

    def values(self) -> ExchangeValues:
        """Return what was entered; call it when the form is valid."""
        given = self.cleaned_data
        return {"at": given["at"], "last_register": given["last_register"], "first_register": given["first_register"]}


class MonthForm(CityForm):
    """A month to be billed."""

    month = forms.DateField(
        label=zh("账期"),
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        input_formats=["%Y-%m", "%Y-%m-%d"],
        help_text=zh("只对已结束的月份出账；已有账单的，用量有变化才出更正账单"),
    )


class TariffForm(CityForm):
    """An edition of a price."""

    supply = forms.ChoiceField(label=zh("计量种类"), choices=list(SUPPLY_NAMES.items()))
    category = forms.CharField(label=zh("用户类别"), max_length=30, initial="居民")
    valid_from = _day(zh("生效日期"))
    by_year = forms.BooleanField(label=zh("按年累计（不选则按月）"), required=False, initial=True)
    tiers = forms.CharField(
        label=zh("阶梯"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=zh("每档一行：上限 单价；最后一档只写单价。例如：180 5 / 260 7 / 9 各占一行"),
    )
    fees = forms.CharField(
        label=zh("附加费"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text=zh("每项一行：名称 单价。例如：污水处理费 1.36"),
    )
    persons_from = forms.IntegerField(label=zh("人口基数"), min_value=0, max_value=20, initial=0)
    per_person = forms.DecimalField(
        label=zh("每增一人增加的阶梯量"), max_digits=9, decimal_places=2, min_value=0, initial=0
    )
    source = forms.CharField(label=zh("文件依据"), max_length=200)

    def clean_tiers(self) -> tuple[tuple[Decimal | None, Decimal], ...]:
        """Read the lines."""
        return tuple(self._tier(line.split()) for line in str(self.cleaned_data["tiers"]).splitlines() if line.strip())

    def clean_fees(self) -> tuple[tuple[str, Decimal], ...]:
        """Read the lines."""
        lines = [line.rsplit(maxsplit=1) for line in str(self.cleaned_data["fees"]).splitlines() if line.strip()]
        if any(len(line) != 2 for line in lines):
            raise forms.ValidationError(gettext("每行写名称和单价"))
        return tuple((name[:40], self._number(price)) for name, price in lines)

    def tariff(self) -> NewTariff:
        """Return what was entered; call it when the form is valid."""
        return NewTariff(**self.cleaned_data)

    def _tier(self, words: Sequence[str]) -> tuple[Decimal | None, Decimal]:
        match words:
            case [price]:
                return None, self._number(price)
            case [bound, price]:
                return self._number(bound), self._number(price)
            case _:
                raise forms.ValidationError(gettext("每行写上限和单价，最后一行只写单价"))

    def _number(self, text: str) -> Decimal:
        try:
            found = Decimal(text)
        except InvalidOperation:
            raise forms.ValidationError(gettext("请填写数字")) from None
        if not found.is_finite() or not 0 <= found < 10**8:
            raise forms.ValidationError(gettext("数值超出范围"))
        return found


class CostForm(CityForm):
    """How much of what."""

    tariff = forms.ChoiceField(label=zh("价格"))
    usage = forms.DecimalField(
        label=zh("一年（按月计价的为一个月）的用量"), min_value=0, max_value=1_000_000, decimal_places=3
    )
    persons = forms.IntegerField(label=zh("用户人数"), min_value=0, max_value=99, required=False)

    def __init__(self, *args: object, choices: Sequence[tuple[str, str]], **options: object) -> None:
        super().__init__(*args, **options)
        field = self.fields["tariff"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)
