"""Desired and reported states: what a change makes of one, and what of the desired is not so yet.

Source: House rule, after RFC 7396 (JSON merge patch) for the top level: null takes a setting away.
"""

import json
from collections.abc import Mapping
from typing import Final

LARGEST: Final = 32_768
MOST_SETTINGS: Final = 500


def merged(state: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """Return a state after a change: settings are set as a whole, null takes one away."""
    kept = {name: value for name, value in state.items() if name not in changes}
    return kept | {name: value for name, value in changes.items() if value is not None}


def effective(state: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """Return what of a change changes anything."""
    return {
        name: value
        for name, value in changes.items()
        if (name in state if value is None else name not in state or not same(state[name], value))
    }


def delta(desired: Mapping[str, object], reported: Mapping[str, object]) -> dict[str, object]:
    """Return what is desired and not reported so. What is reported and not desired is nobody's wish to change."""
    return {name: value for name, value in desired.items() if name not in reported or not same(reported[name], value)}


def same(one: object, other: object) -> bool:
    """Say whether two JSON values are the same: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    return one == other


def fits(state: Mapping[str, object]) -> bool:
    """Say whether a state is small enough to be kept."""
    return len(state) <= MOST_SETTINGS and len(json.dumps(state, ensure_ascii=False)) <= LARGEST
