"""How a row is shown under the masks of a grant."""

from collections.abc import Mapping
from typing import Final

from onecity.platform.exchange.rules.masks import masked

Value = str | int | float | bool | None

HIDDEN: Final = "hidden"
"""The mask of what is sensitive and has no shape of its own: nothing is shown but that there is something."""


def masked_value(value: Value, *, mask: str) -> Value:
    """Return a value as it is shown under a mask; a mask that is not known hides everything, never nothing.

    Source: house rule.
    """
    return value if value is None or value == "" else masked(str(value), mask=mask)


def masked_row(row: Mapping[str, Value], *, masks: Mapping[str, str]) -> dict[str, Value]:
    """Return a row with each column under its mask; columns without one stay as they are."""
    return {
        column: masked_value(value, mask=masks[column]) if column in masks else value for column, value in row.items()
    }
