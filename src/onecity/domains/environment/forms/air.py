"""Forms of the air."""

from django import forms

from onecity.domains.environment.rules.averages import USUAL_VALIDITY
from onecity.domains.environment.rules.editions import Pollutant
from onecity.domains.environment.rules.methods import METHOD_EDITIONS
from onecity.domains.environment.services.methods import NewMethod
from onecity.kernel.text import zh
from onecity.web.forms import CityForm

_POLLUTANTS = [(item.value, item.value) for item in Pollutant]


def _number(label: str, initial: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=100, initial=initial)


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class MethodForm(CityForm):
    """A method of making indices."""

    valid_from = _day(zh("数据起始日期"))
    edition_code = forms.ChoiceField(label=zh("标准版本"), choices=[(code, code) for code in reversed(METHOD_EDITIONS)])
    realtime_needs = forms.MultipleChoiceField(
        label=zh("实时报必需污染物"),
        choices=_POLLUTANTS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=zh("缺少其中任何一项，该小时不给出指数；都不选则有什么算什么，与国家平台一致"),
    )
    daily_needs = forms.MultipleChoiceField(
        label=zh("日报必需污染物"),
        choices=_POLLUTANTS,
        required=False,
        initial=[item.value for item in Pollutant],
        widget=forms.CheckboxSelectMultiple,
    )
    hour_minutes = _number(zh("小时均值最少分钟数"), USUAL_VALIDITY.hour_minutes)
    day_hours = _number(zh("日均值最少小时数"), USUAL_VALIDITY.day_hours)
    eight_hours = _number(zh("8小时均值最少小时数"), USUAL_VALIDITY.eight_hours)
    ozone_means = _number(zh("臭氧日最大值最少均值数"), USUAL_VALIDITY.ozone_means)
    city_hour_share = _number(zh("全市小时值最少站点比例"), 50)
    city_day_share = _number(zh("全市日值最少站点比例"), 75)
    source = forms.CharField(label=zh("依据"), max_length=200)

    def method(self) -> NewMethod:
        """Return what was entered; call it when the form is valid."""
        given = dict(self.cleaned_data)
        for name in ("realtime_needs", "daily_needs"):
            given[name] = tuple(given[name])
        return NewMethod(**given)


class RecomputeForm(CityForm):
    """Days to be computed anew."""

    first = _day(zh("开始日期"))
    last = _day(zh("结束日期"))
