"""Filling a field's choices."""

from typing import Any

from django import forms


def choose(field: forms.Field, choices: list[tuple[Any, str]]) -> None:
    """Offer choices in a field that has some."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
