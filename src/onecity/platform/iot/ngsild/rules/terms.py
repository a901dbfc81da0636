"""Names in a JSON-LD context: short ones to whole IRIs and back."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pyld import jsonld

from onecity.platform.iot.ngsild.rules.core import CORE, URL
from onecity.platform.iot.ngsild.rules.problems import BadRequestData

_REMEMBERED: Final = 50_000


class Terms:
    """One context after processing, with the core context last, whose names nobody may redefine.

    written: what a client wrote as `@context`, without the core context; it is shown again where answers carry one.
    """

    def __init__(self, documents: Sequence[Mapping[str, Any]] = (), *, written: object = None) -> None:
        self.written = written
        processed = _processed(documents)
        self._ids: dict[str, str] = {
            term: mapping["@id"] for term, mapping in processed["mappings"].items() if mapping and mapping["@id"]
        }
        self._vocab: str = processed.get("@vocab") or ""
        self._shortest: dict[str, str] = {}
        for term in sorted(self._ids, key=lambda item: (len(item), item), reverse=True):
            self._shortest[self._ids[term]] = term
        self._prefixes = _prefixes(processed["mappings"], self._ids)
        self._expanded: dict[str, str] = {}
        self._compacted: dict[str, str] = {}

    def expand(self, term: str) -> str:
        """Return the IRI that a term, a compact IRI or an IRI stands for."""
        found = self._expanded.get(term)
        if found is None:
            found = self._meaning(term)
            if len(self._expanded) < _REMEMBERED:
                self._expanded[term] = found
        return found

    def compact(self, iri: str) -> str:
        """Return the shortest name of an IRI here."""
        found = self._compacted.get(iri)
        if found is None:
            found = self._name(iri)
            if len(self._compacted) < _REMEMBERED:
                self._compacted[iri] = found
        return found

    def shown(self) -> object:
        """Return the `@context` of an answer."""
        if self.written is None or self.written == []:
            return URL
        own = self.written if isinstance(self.written, list) else [self.written]
        return [*own, URL]

    def _meaning(self, term: str) -> str:
        if term in self._ids:
            return self._ids[term]
        prefix, colon, rest = term.partition(":")
        if colon:
            known = self._ids.get(prefix)
            return known + rest if known and not rest.startswith("//") and not known.startswith("@") else term
        return self._vocab + term

    def _name(self, iri: str) -> str:
        if iri in self._shortest:
            return self._shortest[iri]
        if self._vocab and iri.startswith(self._vocab):
            rest = iri[len(self._vocab) :]
            if rest and rest not in self._ids and ":" not in rest:
                return rest
        found = [
            f"{term}:{iri[len(start) :]}" for start, term in self._prefixes if iri.startswith(start) and iri != start
        ]
        return min(found, key=lambda item: (len(item), item)) if found else iri


def _processed(documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    processor = jsonld.JsonLdProcessor()
    options = {"processingMode": "json-ld-1.1", "base": "", "documentLoader": _refuse}
    active = processor.process_context(None, None, options)
    try:
        for document in (*documents, CORE):
            active = processor.process_context(active, dict(document), options)
    except (jsonld.JsonLdError, AttributeError, TypeError, KeyError) as error:
        reason = error.code if isinstance(error, jsonld.JsonLdError) and error.code else "unreadable"
        raise BadRequestData(f"@context: {reason}") from None
    found: dict[str, Any] = active
    return found


def _refuse(url: str, options: object) -> dict[str, Any]:
    raise jsonld.JsonLdError("contexts are read before they are processed", "jsonld.LoadDocumentError", {"url": url})


def _prefixes(mappings: Mapping[str, Any], ids: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (iri, term)
        for term, iri in ids.items()
        if mappings[term].get("_prefix") and not iri.startswith("@") and not mappings[term].get("_term_has_colon")
    ]


CORE_TERMS: Final = Terms()
"""What names mean to a client that gives no context of its own."""
