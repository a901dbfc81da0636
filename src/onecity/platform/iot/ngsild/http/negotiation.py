"""Media types, contexts and links in the headers of requests and answers."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from onecity.platform.iot.ngsild.rules.problems import (
    BadRequestData,
    LengthRequired,
    NotAcceptable,
    UnsupportedMediaType,
)

JSON: Final = "application/json"
LD: Final = "application/ld+json"
GEO: Final = "application/geo+json"
MERGE: Final = "application/merge-patch+json"
CONTEXT_RELATION: Final = "http://www.w3.org/ns/json-ld#context"
Media = Literal["application/json", "application/ld+json", "application/geo+json"]
_LINK: Final = re.compile(r"<([^>]*)>((?:\s*;\s*[^;,=\"]+(?:=(?:\"[^\"]*\"|[^;,\"]*))?)*)")


def accepted(header: str, *, offered: Sequence[Media] = (JSON, LD)) -> Media:
    """Return the media type of the answer.

    Raises: NotAcceptable if the client takes none of those offered.
    Source: ETSI GS CIM 009 V1.8.1, clause 6.3.4; IETF RFC 9110, clause 12.5.1.
    """
    if not header.strip():
        return JSON
    best: tuple[float, int, int, Media] | None = None
    for place, part in enumerate(header.split(",")):
        name, weight = _weighted(part)
        for rank, media in enumerate(offered):
            if weight > 0 and _covers(name, media):
                exact = 2 if name == media else 1 if name != "*/*" else 0
                found = (weight, exact, -place * 10 - rank, media)
                best = found if best is None or found[:3] > best[:3] else best
    if best is None:
        raise NotAcceptable(f"offered: {', '.join(offered)}")
    return best[3]


def body_media(headers: Mapping[str, str], *, method: str) -> str:
    """Return the media type of a request's body.

    Raises: LengthRequired; UnsupportedMediaType. Source: ETSI GS CIM 009 V1.8.1, clause 6.3.4.
    """
    if "content-length" not in headers and "transfer-encoding" not in headers:
        raise LengthRequired
    name = headers.get("content-type", "").partition(";")[0].strip().lower()
    allowed = {JSON, LD} | ({MERGE} if method == "PATCH" else set())
    if name not in allowed:
        raise UnsupportedMediaType(f"taken: {', '.join(sorted(allowed))}")
    return name


def context_link(headers: Mapping[str, str]) -> str:
    """Return the address of the context in the `Link` header, "" if there is none.

    Raises: BadRequestData for two of them.
    """
    found = []
    for address, facts in _LINK.findall(headers.get("link", "")):
        relation = re.search(r";\s*rel\s*=\s*\"?([^\";]+)\"?", facts)
        if relation and CONTEXT_RELATION in relation[1].split():
            found.append(address.strip())
    if len(found) > 1:
        raise BadRequestData("Link: more than one context")
    return found[0] if found else ""


def link_to_context(address: str) -> str:
    """Return the `Link` header that names a context."""
    return f'<{address}>; rel="{CONTEXT_RELATION}"; type="{LD}"'


def _weighted(part: str) -> tuple[str, float]:
    name, *facts = (item.strip() for item in part.split(";"))
    weight = next((fact[2:] for fact in facts if fact.startswith("q=")), "1")
    try:
        return name.lower(), float(weight)
    except ValueError:
        return name.lower(), 0.0


def _covers(name: str, media: str) -> bool:
    return name in {media, "*/*"} or (name.endswith("/*") and media.startswith(name[:-1]))
