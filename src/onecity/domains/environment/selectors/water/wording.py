"""Items and classes in the visitor's language."""

from collections.abc import Iterable

from django.utils.translation import get_language, gettext

from onecity.domains.environment.rules.water.items import CLASSES, Item, WaterClass


def water_class(number: int | None) -> WaterClass | None:
    """Return a class by its number; None for none."""
    return CLASSES[number - 1] if number else None


def items(codes: Iterable[str]) -> str:
    """Return items by code in words, one after another; empty for none."""
    return joined(gettext(Item(code).label) for code in codes)


def joined(words: Iterable[str]) -> str:
    """Return words one after another, as the visitor's language parts them."""
    between = "、" if (get_language() or "zh").startswith("zh") else ", "
    return between.join(words)
