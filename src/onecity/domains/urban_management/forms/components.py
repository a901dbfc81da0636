"""What is asked of whoever surveys components."""

from django import forms

from onecity.domains.urban_management.rules.components import STATES
from onecity.kernel.text import zh
from onecity.platform.geo.api import PositionFields
from onecity.web.forms import CityForm

_STATES = [(name, name) for name in STATES]


class SurveyForm(PositionFields):
    """A component as seen on site."""

    class_code = forms.RegexField(
        r"^C\d{4}$", label=zh("部件类别"), max_length=5, help_text=zh("部件小类编码，如 C0101 上水井盖")
    )
    code = forms.CharField(label=zh("部件标识码"), max_length=16, required=False, help_text=zh("新部件留空，自动编码"))
    name = forms.CharField(label=zh("部件名称"), max_length=80, required=False)
    state = forms.ChoiceField(label=zh("部件状态"), choices=_STATES)
    authority = forms.CharField(label=zh("主管部门"), max_length=80, required=False)
    owner = forms.CharField(label=zh("权属单位"), max_length=80, required=False)
    keeper = forms.CharField(label=zh("养护单位"), max_length=80, required=False)
    note = forms.CharField(label=zh("备注"), max_length=200, required=False)

    def values(self) -> dict[str, str]:
        """Return the line as a file would give it."""
        given = {name: str(value) for name, value in self.cleaned_data.items() if value is not None}
        return {**given, "source": "现场普查"}


class FileForm(CityForm):
    """A survey's file."""

    organisation_id = forms.TypedChoiceField(label=zh("监督指挥中心"), coerce=int)
    file = forms.FileField(label=zh("普查文件"), help_text=zh("GeoJSON 点要素，或带表头的 XLSX"))

    def offer(self, centres: list[tuple[int, str]]) -> None:
        """Offer the centres."""
        field = self.fields["organisation_id"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = list(centres)


class MendForm(CityForm):
    """A line of the quarantine, with other values."""

    code = forms.CharField(label=zh("部件标识码"), max_length=16, required=False)
    class_code = forms.CharField(label=zh("部件类别"), max_length=12, required=False)
    name = forms.CharField(label=zh("部件名称"), max_length=80, required=False)
    state = forms.CharField(label=zh("部件状态"), max_length=10, required=False)
    longitude = forms.CharField(label=zh("经度"), max_length=20, required=False)
    latitude = forms.CharField(label=zh("纬度"), max_length=20, required=False)
    surveyed = forms.CharField(label=zh("普查日期"), max_length=20, required=False)
