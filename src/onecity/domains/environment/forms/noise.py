"""Forms of noise."""

from django import forms

from onecity.domains.environment.contracts import NewNoiseLimit
from onecity.domains.environment.forms.fields import day_field
from onecity.domains.environment.rules.noise.areas import AREA_NAMES
from onecity.kernel.text import zh
from onecity.web.forms import CityForm

_AREAS = list(AREA_NAMES.items())


class AreaForm(CityForm):
    """In which area a station stands."""

    area_code = forms.ChoiceField(label=zh("声环境功能区"), choices=_AREAS)


class NoiseLimitForm(CityForm):
    """Limits of an area."""

    area_code = forms.ChoiceField(label=zh("声环境功能区"), choices=_AREAS)
    valid_from = day_field(zh("数据起始日期"))
    edition_code = forms.CharField(label=zh("标准版本"), max_length=40, initial="GB 3096-2008")
    day_db = forms.DecimalField(label=zh("昼间限值（分贝）"), max_digits=4, decimal_places=1, min_value=1)
    night_db = forms.DecimalField(label=zh("夜间限值（分贝）"), max_digits=4, decimal_places=1, min_value=1)
    source = forms.CharField(label=zh("依据"), max_length=200)

    def limit(self) -> NewNoiseLimit:
        """Return what was entered; call it when the form is valid."""
        return NewNoiseLimit(**self.cleaned_data)
