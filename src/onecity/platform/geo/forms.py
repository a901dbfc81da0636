"""Forms of the one map."""

from django import forms
from django.utils.translation import gettext

from onecity.kernel.text import zh
from onecity.platform.geo.selectors.positions import OutsideCity, locate
from onecity.web.forms import CityForm

DEGREES = {"step": "any", "inputmode": "decimal", "autocomplete": "off"}


class PositionFields(CityForm):
    """A form with a position, drawn by `geo/position_field.html`.

    longitude, latitude: WGS 84 degrees inside the city. address: the position in words, at most 200 characters.
    """

    longitude = forms.FloatField(
        label=zh("经度"), min_value=-180, max_value=180, widget=forms.NumberInput(attrs=DEGREES)
    )
    latitude = forms.FloatField(label=zh("纬度"), min_value=-90, max_value=90, widget=forms.NumberInput(attrs=DEGREES))
    address = forms.CharField(label=zh("位置说明"), max_length=200, required=False)

    def clean(self) -> dict[str, object]:
        """Refuse a position outside the city."""
        cleaned = super().clean() or self.cleaned_data
        longitude, latitude = cleaned.get("longitude"), cleaned.get("latitude")
        if longitude is not None and latitude is not None:
            try:
                locate(longitude=longitude, latitude=latitude, nearest_m=0)
            except OutsideCity as error:
                self.take(OutsideCity(fields={"longitude": error.template}))
        return cleaned


class GridForm(CityForm):
    """Where unit grids are to be drawn, and from which day they are in force."""

    division_code = forms.ChoiceField(label=zh("范围"))
    day = forms.DateField(label=zh("启用日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: object, places: list[tuple[str, str]], **options: object) -> None:
        super().__init__(*args, **options)
        field = self.fields["division_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = places


class AddressesForm(CityForm):
    """Addresses to match, one a line."""

    MOST = 200

    texts = forms.CharField(
        label=zh("地址"),
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=zh("每行一个地址，最多 200 行。"),
    )

    @property
    def lines(self) -> list[str]:
        """The addresses, without empty lines."""
        return [line.strip() for line in str(self.cleaned_data.get("texts", "")).splitlines() if line.strip()]

    def clean_texts(self) -> str:
        """Refuse more lines than the page can show."""
        text = str(self.cleaned_data["texts"])
        if len([line for line in text.splitlines() if line.strip()]) > self.MOST:
            raise forms.ValidationError(gettext("最多 200 行，请分批匹配。"))
        return text
