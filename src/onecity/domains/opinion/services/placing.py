"""Which divisions, addresses and bodies a text names, by the city's own lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from onecity.domains.opinion.contracts import Place
from onecity.domains.opinion.rules.places import Named, addresses_in, named_in, short_name
from onecity.domains.opinion.services.segmenting import learn_names
from onecity.platform.geo.api import city, divisions, match_addresses
from onecity.platform.identity.api import organisations

SHORTEST_BODY = 3
MOST_BODIES = 10


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The city's names as they stand now: its own, its divisions, its bodies (name → id)."""

    city: str
    divisions: Sequence[Named]
    bodies: Sequence[tuple[str, int]]


def gazetteer() -> Gazetteer:
    """Return the names to look for; the segmenter keeps them whole from now on."""
    here = city()
    code = here.division_code[:4] if here else ""
    known = [
        Named(item.code, item.name, item.level, short_name(item.name, level=item.level))
        for item in divisions()
        if item.level >= 3 and item.code.startswith(code)
    ]
    bodies = [
        (name, item.id)
        for item in organisations()
        for name in dict.fromkeys((item.name, item.short_name))
        if len(name) >= SHORTEST_BODY
    ]
    learn_names([item.name for item in known])
    learn_names([name for name, _ in bodies])
    return Gazetteer(here.name if here else "", known, bodies)


def places_of(texts: Sequence[str], names: Gazetteer) -> list[list[Place]]:
    """Return the places that each text names: addresses that are sure first, then divisions, the smallest first."""
    asked = [(nr, piece) for nr, text in enumerate(texts) for piece in addresses_in(text)]
    found: list[list[Place]] = [[] for _ in texts]
    for (nr, piece), match in zip(asked, match_addresses([piece for _, piece in asked]), strict=True):
        best = match.best
        if best is not None and match.is_sure:
            found[nr].append(Place(piece, best.division_code, 0, best.longitude, best.latitude))
    for nr, text in enumerate(texts):
        found[nr] += [
            Place(item.name, item.code, item.level) for item in named_in(text, names.divisions, city=names.city)
        ]
    return found


def bodies_of(text: str, names: Gazetteer) -> list[int]:
    """Return the bodies that a text names, each once, at most ten."""
    return list(dict.fromkeys(number for name, number in names.bodies if name in text))[:MOST_BODIES]
