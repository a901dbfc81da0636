"""Which limit a task has: the class's own, one that the version names, or one written in the diagram."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from onecity.kernel.deadlines import TimeUnit
from onecity.platform.cases.rules.clocks import LimitRule
from onecity.platform.cases.rules.settings import TypeSettings

CLASS_PREFIX: Final = "class:"
WARN: Final = Fraction(4, 5)


def task_limit(
    text: str, warn: str, *, settings: TypeSettings, class_limits: Mapping[str, LimitRule] | None = None
) -> LimitRule | None:
    """Return the limit that a task's text names; None for none.

    text: `NAME`, `class:NAME` (the class's limit, else the version's of that name), or `AMOUNT UNIT` such as
    `15 work_hour`. warn: share after which the light turns yellow; empty for the limit's own.
    Source: house rule.
    """
    limit = _named(text, settings, class_limits or {})
    share = _share(warn)
    return LimitRule(limit.amount, limit.unit, share) if limit and share is not None else limit


def _named(text: str, settings: TypeSettings, class_limits: Mapping[str, LimitRule]) -> LimitRule | None:
    if text.startswith(CLASS_PREFIX):
        name = text.removeprefix(CLASS_PREFIX)
        return class_limits.get(name) or settings.limits.get(name)
    return settings.limits.get(text) or _literal(text)


def _literal(text: str) -> LimitRule | None:
    amount, _, unit = text.partition(" ")
    try:
        number, known = Fraction(amount), TimeUnit(unit.strip())
    except (ValueError, ZeroDivisionError):
        return None
    return LimitRule(number, known, WARN) if number > 0 else None


def _share(text: str) -> Fraction | None:
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return share if 0 <= share <= 1 else None
