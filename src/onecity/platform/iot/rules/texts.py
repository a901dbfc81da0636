"""Sentences with places that staff may write: plain names only, nothing is evaluated."""

from collections.abc import Mapping
from string import Formatter
from typing import Final

PLACES: Final = frozenset({"device", "property", "value", "unit", "limit", "time"})


def stray_places(text: str, *, places: frozenset[str] = PLACES) -> list[str] | None:
    """Return what stands between braces in `text` and is no plain known place; None if the braces do not match."""
    try:
        fields = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(text) if name is not None]
    except ValueError:
        return None
    return [name for name, spec, conversion in fields if name not in places or spec or conversion]


def fill(text: str, *, facts: Mapping[str, str], places: frozenset[str] = PLACES) -> str:
    """Fill the places of a checked text; a place without a fact becomes empty.

    Raises: ValueError if the text was not checked by `stray_places`.
    """
    if stray_places(text, places=places) != []:
        raise ValueError("the text has stray places")
    return text.format_map({place: facts.get(place, "") for place in places})
