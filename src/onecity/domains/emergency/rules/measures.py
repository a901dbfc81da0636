"""Shares of what went well, in per cent."""


def percent(part: int, whole: int) -> float | None:
    """Return part of whole in per cent; None of nothing.

    Source: House rule.
    """
    return 100.0 * part / whole if whole else None
