"""Fields that several forms use."""

from collections.abc import Iterable, Sequence

from django import forms
from django.utils.translation import gettext

from onecity.web.forms import CityForm


def offer(form: CityForm, name: str, choices: Sequence[tuple[object, object]]) -> None:
    """Set the choices of a form's field."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def spoken(pairs: Iterable[tuple[object, str]]) -> list[tuple[object, str]]:
    """Return choices in the visitor's language."""
    return [(value, gettext(label)) for value, label in pairs]


def moment_field(label: str, *, required: bool = True) -> forms.DateTimeField:
    """Return a field for an instant in the city's time."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget)


def words_field(label: str, *, most: int, rows: int = 3, required: bool = True) -> forms.CharField:
    """Return a field for several lines of text."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, required=required, widget=widget)
