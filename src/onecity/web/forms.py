"""Forms in the city's look: Bootstrap classes, translated labels, errors beside their fields."""

from django import forms
from django.utils.translation import gettext

from onecity.kernel.errors import OneCityError

_CLASSES = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.CheckboxSelectMultiple, ""),
    (forms.RadioSelect, ""),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


class CityForm(forms.Form):
    """Dresses its fields and takes the errors of services."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed through as Django takes them
        self.dress()

    def dress(self) -> "CityForm":
        """Give labels their language and fields their look; whoever adds fields afterwards calls it again."""
        for field in self.fields.values():
            field.label = gettext(str(field.label)) if field.label else field.label
            field.help_text = gettext(str(field.help_text)) if field.help_text else ""
            style = next(name for kind, name in _CLASSES if isinstance(field.widget, kind))
            if style:
                field.widget.attrs["class"] = style
        return self

    def take(self, error: OneCityError) -> None:
        """Show a service's error beside the fields it names, or above the form."""
        for name, text in error.fields.items():
            self.add_error(name if name in self.fields else None, gettext(text))
        if not error.fields:
            self.add_error(None, error.sentence(gettext(error.template)))
