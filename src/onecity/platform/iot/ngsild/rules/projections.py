"""Which members of an entity an answer shows: `attrs`, `pick`, `omit`, `datasetId`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from onecity.platform.iot.ngsild.rules import names
from onecity.platform.iot.ngsild.rules.attributes import Attributes, key_of
from onecity.platform.iot.ngsild.rules.problems import BadRequestData
from onecity.platform.iot.ngsild.rules.terms import Terms

CORE_MEMBERS: Final = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "deletedAt"})
DEFAULT_DATASET: Final = "@none"


@dataclass(frozen=True, slots=True)
class Projection:
    """What is shown. None: no such restriction. Attributes by whole IRI, the entity's own members by name.

    below: for the entities that a relationship leads to.
    """

    wanted: frozenset[str] | None = None
    picked: frozenset[str] | None = None
    omitted: frozenset[str] = frozenset()
    datasets: frozenset[str] | None = None
    below: dict[str, "Projection"] = field(default_factory=dict)

    def shows(self, member: str) -> bool:
        """Say whether the entity's own member is shown; `attrs` leaves only its identifier, type and instants."""
        if member == "scope" and self.wanted is not None and f"{names.NGSI}scope" not in self.wanted:
            return False
        return member not in self.omitted and (self.picked is None or member in self.picked)

    def of(self, attributes: Attributes) -> Attributes:
        """Return the attributes that are shown."""
        found: Attributes = {}
        for iri, instances in attributes.items():
            if not self.shows(iri) or (self.wanted is not None and iri not in self.wanted):
                continue
            kept = instances if self.datasets is None else [item for item in instances if self._holds(key_of(item))]
            if kept:
                found[iri] = kept
        return found

    def needed(self) -> frozenset[str]:
        """Return attributes of which an entity must have one to be found; empty if it need not."""
        if self.wanted is not None:
            return self.wanted
        return (self.picked or frozenset()) - CORE_MEMBERS

    def _holds(self, dataset: str) -> bool:
        return (dataset or DEFAULT_DATASET) in (self.datasets or frozenset())


EVERYTHING: Final = Projection()


def projection(
    *, attrs: Sequence[str] = (), pick: str = "", omit: str = "", dataset: str = "", terms: Terms
) -> Projection:
    """Return what is shown.

    Raises: BadRequestData. Source: ETSI GS CIM 009 V1.8.1, clauses 4.21, 6.3.8, 4.5.23.
    """
    if attrs and (pick or omit):
        raise BadRequestData("attrs goes with neither pick nor omit")
    picked, inside_picked = _names(pick, terms, where="pick")
    omitted, inside_omitted = _names(omit, terms, where="omit")
    below = {
        iri: projection(pick=inside_picked.get(iri, ""), omit=inside_omitted.get(iri, ""), terms=terms)
        for iri in {*inside_picked, *inside_omitted}
    }
    datasets = frozenset(item.strip() for item in dataset.split(",")) if dataset else None
    for item in datasets or ():
        if item != DEFAULT_DATASET:
            names.uri(item, where="datasetId")
    return Projection(
        frozenset(terms.expand(names.name(item, where="attrs")) for item in attrs) if attrs else None,
        frozenset(picked) if pick else None,
        frozenset(item for item in omitted if item not in inside_omitted),
        datasets,
        below,
    )


def _names(text: str, terms: Terms, *, where: str) -> tuple[list[str], dict[str, str]]:
    """Split `a,b{c,d}` into names and, for each with braces, what stands in them."""
    found, inside = [], {}
    for part in split_outside(text, ","):
        name, brace, rest = part.strip().partition("{")
        iri = _member(name, terms, where=where)
        found.append(iri)
        if brace:
            if not rest.endswith("}"):
                raise BadRequestData(f"{where}: braces do not match")
            inside[iri] = rest[:-1]
    return found, inside


def split_outside(text: str, mark: str, *, opening: str = "{", closing: str = "}") -> list[str]:
    """Split a text at `mark` wherever it does not stand in brackets."""
    if not text:
        return []
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in opening) - (letter in closing)
        if letter == mark and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _member(name: str, terms: Terms, *, where: str) -> str:
    return name if name in CORE_MEMBERS else terms.expand(names.name(name, where=where))


Show = Callable[[str], bool]
