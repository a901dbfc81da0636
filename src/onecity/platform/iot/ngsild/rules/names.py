"""Identifiers and names of the standard."""

import re
from typing import Final

from onecity.platform.iot.ngsild.rules.problems import BadRequestData

NULL: Final = "urn:ngsi-ld:null"
NGSI: Final = "https://uri.etsi.org/ngsi-ld/"
DEFAULT: Final = "https://uri.etsi.org/ngsi-ld/default-context/"
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_NAME: Final = re.compile(r"[^\s<>\"'=;()&|{}\[\],\\~!]+")
_SCOPE: Final = re.compile(r"/?[^\W\d_][\w.-]*(/[^\W\d_][\w.-]*)*")
LONGEST: Final = 2_000


def is_uri(text: object) -> bool:
    """Say whether something is an absolute URI."""
    return isinstance(text, str) and len(text) <= LONGEST and bool(_URI.fullmatch(text))


def uri(text: object, *, where: str = "id") -> str:
    """Return an absolute URI.

    Raises: BadRequestData naming `where`.
    Source: ETSI GS CIM 009 V1.8.1, clause 5.5.4.
    """
    if not isinstance(text, str) or not is_uri(text):
        raise BadRequestData(f"{where}: not a URI")
    return text


def name(text: object, *, where: str = "attribute") -> str:
    """Return a term, a compact or a whole IRI that may name a type or an attribute.

    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clause 4.6.2.
    """
    if not isinstance(text, str) or len(text) > LONGEST or not _NAME.fullmatch(text) or text.startswith("@"):
        raise BadRequestData(f"{where}: not a name: {text!r}"[:300])
    return text


def scopes(value: object) -> list[str]:
    """Return the scopes of an entity, each with its leading stroke.

    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clause 4.18.
    """
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items:
        if not isinstance(item, str) or len(item) > LONGEST or not _SCOPE.fullmatch(item):
            raise BadRequestData("scope: not a scope")
        found.append(item if item.startswith("/") else f"/{item}")
    return list(dict.fromkeys(found))
