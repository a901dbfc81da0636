"""`$batch`: several requests in one, as JSON (OData 4.01) or as multipart (OData 4.0).

A change set (multipart) or an atomicity group (JSON) is done whole or not at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

MOST: Final = 1_000
_REFERENCE: Final = re.compile(r"^/?\$([A-Za-z0-9_.-]+)")


class BadBatch(Invalid):
    """A batch that cannot be read."""

    code = "iot.sensorthings_batch"
    message = zh("批量请求格式不正确：{text}")


@dataclass(slots=True)
class Part:
    """One request of a batch. id: by which later ones may refer to what it made. group: "" outside a change set."""

    id: str
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    group: str = ""
    after: tuple[str, ...] = ()


@dataclass(slots=True)
class PartAnswer:
    """What became of a part."""

    part: Part
    status: int
    headers: dict[str, str]
    body: bytes
    content_type: str = "application/json"


def with_references(part: Part, made: dict[str, str]) -> Part:
    """Return a part with `$1` in its address, and `"@iot.id": "$1"` in its body, replaced by what part 1 made.

    made: resource paths such as `Things(5)` by part id.
    Source: OData 4.01 part 1, 11.7.3.1 (referencing new entities).
    """
    url, body = part.url, part.body
    found = _REFERENCE.match(url)
    if found and found.group(1) in made:
        url = made[found.group(1)] + url[found.end() :]
    for name, path in made.items():
        number = path[path.index("(") + 1 : -1].encode()
        body = re.sub(rb'("@iot\.id"\s*:\s*)"\$' + re.escape(name.encode()) + rb'"', rb"\g<1>" + number, body)
    return Part(part.id, part.method, url, part.headers, body, part.group, part.after)


def groups(parts: Sequence[Part]) -> list[list[Part]]:
    """Return parts that belong together, in order: a change set, or a part by itself."""
    found: list[list[Part]] = []
    for part in parts:
        if part.group and found and found[-1][0].group == part.group:
            found[-1].append(part)
        else:
            found.append([part])
    return found


def relative(url: str, base: str) -> str:
    """Return a part's address relative to the service: absolute, host-relative and relative ones are all allowed."""
    rest = url.removeprefix(base)
    if rest != url:
        return rest
    path = re.sub(r"^https?://[^/]+", "", url)
    own = re.sub(r"^https?://[^/]+", "", base)
    return path.removeprefix(own).removeprefix("/v1.1/").lstrip("/")
