"""Filling templates: what places they have, and how values are written into them."""

import string
from collections.abc import Callable, Mapping
from datetime import datetime

INSTANT = "at"


class WrongParameters(Exception):
    """The values do not fill the template's places, or the link leads elsewhere: a mistake in the calling code."""


def places(*sentences: str) -> set[str]:
    """Return the names of the `{name}` places in these sentences."""
    return {name for sentence in sentences for _, name, _, _ in string.Formatter().parse(sentence) if name}


def stored_values(values: Mapping[str, object], *, wanted: set[str]) -> dict[str, object]:
    """Return the values as JSON: texts, numbers, and instants as `{"at": ISO 8601}`, written in the city's zone later.

    Raises: WrongParameters if a place would stay empty or a value is of another kind.
    """
    missing = wanted - set(values)
    if missing:
        raise WrongParameters(f"no value for {sorted(missing)}")
    return {name: _stored(name, value) for name, value in values.items() if name in wanted}


def check_link(link: str) -> str:
    """Return a link that stays within the city.

    Raises: WrongParameters if it is no path from the root.
    """
    if link and (not link.startswith("/") or link.startswith(("//", "/\\"))):
        raise WrongParameters(f"{link!r} is no address of the city")
    return link


def filled(
    sentence: str, values: Mapping[str, object], *, say: Callable[[str], str], moment: Callable[[datetime], str]
) -> str:
    """Return a translated sentence with its places filled; a place without a value shows as a dash.

    say: translates a value that is one of the city's own words. moment: writes an instant.
    """
    shown = {name: _shown(values.get(name), say, moment) for name in places(sentence)}
    return sentence.format_map(shown)


def _stored(name: str, value: object) -> object:
    if isinstance(value, datetime):
        return {INSTANT: value.isoformat()}
    if isinstance(value, str | int | float):
        return value
    raise WrongParameters(f"{name} is a {type(value).__name__}")


def _shown(value: object, say: Callable[[str], str], moment: Callable[[datetime], str]) -> str:
    if isinstance(value, dict):
        return moment(datetime.fromisoformat(value[INSTANT]))
    if isinstance(value, str) and value:
        return say(value)
    return "—" if value is None or value == "" else str(value)
