"""The list of objects that a client registers with: `</>;rt="oma.lwm2m";ct=110,</1/0>,</3303/0>`."""

import re
from dataclasses import dataclass
from typing import Final

_LINK: Final = re.compile(r"<([^>]*)>((?:;[^,;\"]*(?:\"[^\"]*\")?[^,;\"]*)*)(?:,|$)")
_MOST_LINKS: Final = 1_000


class NotLinks(ValueError):
    """The text is no list of links."""


@dataclass(frozen=True, slots=True)
class Links:
    """objects: object and instance; instance −1 for an object without one. formats: content formats of the client."""

    objects: tuple[tuple[int, int], ...]
    formats: tuple[int, ...] = ()


def read_links(text: str) -> Links:
    """Read a registration's payload.

    Raises: NotLinks.
    Source: RFC 6690, 2; LwM2M 1.1 Core, 6.2.1 (Register).
    """
    objects: list[tuple[int, int]] = []
    formats: tuple[int, ...] = ()
    prefix, at, count = "", 0, 0
    while at < len(text):
        found = _LINK.match(text, at)
        if found is None or count >= _MOST_LINKS:
            raise NotLinks(text[at : at + 40])
        path, attributes = found[1], _attributes(found[2])
        if attributes.get("rt") == "oma.lwm2m":
            prefix = path.rstrip("/")
            formats = tuple(int(item) for item in attributes.get("ct", "").split() if item.isdigit())
        elif (place := _place(path.removeprefix(prefix))) is not None:
            objects.append(place)
        at, count = found.end(), count + 1
    return Links(tuple(objects), formats)


def _attributes(text: str) -> dict[str, str]:
    pairs = (item.partition("=") for item in text.split(";") if item)
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def _place(path: str) -> tuple[int, int] | None:
    """Return object and instance of a path such as `/3/0`; None for what is no object."""
    parts = path.strip("/").split("/")
    if not 0 < len(parts) <= 2 or not all(part.isdigit() and len(part) <= 5 for part in parts):
        return None
    return int(parts[0]), int(parts[1]) if len(parts) > 1 else -1
