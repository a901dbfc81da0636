"""What the process counts, and how a case is judged at its end.

Both are actions of the process: the diagram names them and gives their parameters, so staff change weights in a new
version without touching code.
"""

from collections.abc import Mapping
from typing import Final

from onecity.platform.cases.declare import Effect, Facts, Value

FULL_SCORE: Final = 100
COUNTED: Final = ("returns", "reworks", "delays")


def count(facts: Facts, parameters: Mapping[str, str]) -> Effect:
    """Add one to a counter of the case. name: one of `COUNTED`; anything else changes nothing."""
    name = parameters.get("name", "")
    if name not in COUNTED:
        return Effect()
    return Effect(data={name: _whole(facts.data.get(name)) + 1})


def grade(facts: Facts, parameters: Mapping[str, str]) -> Effect:
    """Judge how the case was handled: a hundred less so many points for each return, rework and delay, at least 0.

    Parameters: points by counter, as whole numbers. Source: house rule (CJ/T 292-2008's formulas were not seen).
    """
    lost = sum(_whole(facts.data.get(name)) * _points(parameters.get(name, "")) for name in COUNTED)
    return Effect(data={"score": max(0, FULL_SCORE - lost)})


def _whole(value: Value) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _points(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
