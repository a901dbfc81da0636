"""Levels and pollutants in the visitor's language."""

from collections.abc import Iterable

from django.utils.translation import get_language, gettext

from onecity.domains.environment.rules.editions import Pollutant
from onecity.domains.environment.rules.levels import LEVELS, Level


def level(number: int | None) -> Level | None:
    """Return a level by its number; None for none."""
    return LEVELS[number - 1] if number else None


def category(number: int | None) -> str:
    """Return a level's category in words; empty for none."""
    found = level(number)
    return gettext(found.category) if found else ""


def pollutants(codes: Iterable[str]) -> str:
    """Return pollutants by code in words, one after another; empty for none."""
    between = "、" if (get_language() or "zh").startswith("zh") else ", "
    return between.join(gettext(Pollutant(code).label) for code in codes)
