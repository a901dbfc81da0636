"""Masks that a grant may name, and how a row is shown under them."""

from collections.abc import Callable, Mapping
from typing import Final

from onecity.kernel import masking

Value = str | int | float | bool | None

HIDDEN: Final = "hidden"
"""The mask of what has no shape of its own: nothing is shown but that there is something."""

MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "masked_mobile": masking.masked_mobile,
    "masked_identity_number": masking.masked_identity_number,
    "published_identity_number": masking.published_identity_number,
    "masked_name": masking.masked_name,
    "published_name": masking.published_name,
    "masked_bank_card": masking.masked_bank_card,
    "masked_address": masking.masked_address,
    "masked_email": masking.masked_email,
    "masked_plate": masking.masked_plate,
}


def masked_value(value: Value, *, mask: str) -> Value:
    """Return a value as it is shown under a mask; a mask that is not known hides everything, never nothing.

    Source: house rule.
    """
    if value is None or value == "":
        return value
    shown = MASKS.get(mask)
    return shown(str(value)) if shown else "****"


def masked_row(row: Mapping[str, Value], *, masks: Mapping[str, str]) -> dict[str, Value]:
    """Return a row with each column under its mask; columns without one stay as they are."""
    return {
        column: masked_value(value, mask=masks[column]) if column in masks else value for column, value in row.items()
    }
