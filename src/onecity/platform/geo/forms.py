"""Forms of the one map."""

from django import forms

from onecity.kernel.text import zh
from onecity.web.forms import CityForm


class GridForm(CityForm):
    """Where unit grids are to be drawn, and from which day they are in force."""

    division_code = forms.ChoiceField(label=zh("范围"))
    day = forms.DateField(label=zh("启用日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: object, places: list[tuple[str, str]], **options: object) -> None:
        super().__init__(*args, **options)
        field = self.fields["division_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = places
