"""Which language of several a client is shown."""

from collections.abc import Mapping
from typing import Any


def best_language(texts: Mapping[str, Any], wanted: str) -> tuple[Any, str]:
    """Return the text in the language that suits best, and that language; "" for texts of no language.

    wanted: as in `Accept-Language`: languages with weights. Without a match: the text of no language, then any.
    Source: ETSI GS CIM 009 V1.8.1, clause 4.15; IETF RFC 4647, clause 3.4.
    """
    for language in _by_weight(wanted):
        found = _match(texts, language)
        if found:
            return texts[found], found
    if "@none" in texts:
        return texts["@none"], ""
    first = "en" if "en" in texts else next(iter(texts))
    return texts[first], first


def _match(texts: Mapping[str, Any], language: str) -> str:
    if language == "*":
        return next((name for name in texts if name != "@none"), "")
    by_lower = {name.lower(): name for name in texts}
    wanted = language.lower()
    while wanted:
        if wanted in by_lower:
            return by_lower[wanted]
        longer = next((name for lower, name in by_lower.items() if lower.startswith(f"{wanted}-")), "")
        if longer:
            return longer
        wanted = wanted.rpartition("-")[0]
    return ""


def _by_weight(wanted: str) -> list[str]:
    found = []
    for place, part in enumerate(wanted.split(",")):
        language, _, weight = part.strip().partition(";q=")
        try:
            found.append((-float(weight or 1), place, language.strip()))
        except ValueError:
            continue
    return [language for weight, _, language in sorted(found) if language and weight < 0]
