"""Who stands behind an entity: shares through chains of entities, and who decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Final

WHOLE: Final = Decimal(100)
HALF: Final = Decimal(50)
BENEFICIAL: Final = Decimal(25)
"""Percent from which somebody counts as a beneficial owner; a city may set another."""
MOST_ROUNDS: Final = 400
_NOTHING: Final = Decimal("1e-9")
MOST_CHAINS: Final = 20
LONGEST_CHAIN: Final = 12


@dataclass(frozen=True, slots=True)
class Link:
    """A share. holder, entity: keys of any kind; share: percent, 0-100."""

    holder: str
    entity: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Ultimate:
    """Somebody at the end of the chains of shares. share: percent of the entity, through all chains together.

    direct: of it, what is held without anybody between. controls: holds more than half of the votes, directly or
    together with entities that he controls. chains: paths of keys from the holder down to the entity.
    """

    holder: str
    share: Decimal
    direct: Decimal
    controls: bool
    chains: Sequence[Sequence[str]] = field(default=())


def ultimate_holders(links: Sequence[Link], *, of: str) -> list[Ultimate]:
    """Return everybody at the ends of the chains above an entity, the largest share first.

    Shares along a chain are multiplied, chains are added. Entities that hold one another in a circle are followed
    round and round until what is left is nothing; what never leaves a circle has no holder and is not told.
    Source: house rule for the sum over chains; 受益所有人信息管理办法 (2024), article 6, for indirect shares.
    """
    above = _above(links)
    shares = _spread(above, of)
    controllers = {holder for holder in shares if of in controlled_by(links, holder)}
    direct = {link.holder: link.share for link in above.get(of, ())}
    found = [
        Ultimate(holder, share, direct.get(holder, Decimal(0)), holder in controllers, _chains(above, holder, of))
        for holder, share in shares.items()
    ]
    return sorted(found, key=lambda item: (-item.share, item.holder))


def controlled_by(links: Sequence[Link], holder: str) -> frozenset[str]:
    """Return the entities that somebody controls: he, and those he controls, hold more than half of each.

    Source: house rule (majority of votes, counted as shares).
    """
    mine = {holder}
    while True:
        held: dict[str, Decimal] = {}
        for link in links:
            if link.holder in mine:
                held[link.entity] = held.get(link.entity, Decimal(0)) + link.share
        fresh = {entity for entity, share in held.items() if share > HALF} - mine
        if not fresh:
            return frozenset(mine - {holder})
        mine |= fresh


def _above(links: Sequence[Link]) -> dict[str, list[Link]]:
    """Return the links by the entity that is held; several of one holder are added up."""
    summed: dict[tuple[str, str], Decimal] = {}
    for link in links:
        if link.share > 0:
            key = (link.entity, link.holder)
            summed[key] = summed.get(key, Decimal(0)) + link.share
    found: dict[str, list[Link]] = {}
    for (entity, holder), share in sorted(summed.items()):
        found.setdefault(entity, []).append(Link(holder, entity, share))
    return found


def _spread(above: Mapping[str, Sequence[Link]], of: str) -> dict[str, Decimal]:
    """Return what reaches those above whom nobody stands, in percent."""
    moving, settled = {of: WHOLE}, dict[str, Decimal]()
    with localcontext(prec=40):
        for _ in range(MOST_ROUNDS):
            onward: dict[str, Decimal] = {}
            for entity, weight in moving.items():
                for link in above.get(entity, ()):
                    target = onward if link.holder in above else settled
                    target[link.holder] = target.get(link.holder, Decimal(0)) + weight * link.share / WHOLE
            moving = {entity: weight for entity, weight in onward.items() if weight > _NOTHING}
            if not moving:
                break
        return {holder: share.quantize(Decimal("1e-6")) for holder, share in settled.items()}


def _chains(above: Mapping[str, Sequence[Link]], holder: str, of: str) -> list[tuple[str, ...]]:
    """Return the paths from a holder down to the entity that pass nobody twice; the shortest first, not too many."""
    found: list[tuple[str, ...]] = []
    waiting: list[tuple[str, ...]] = [(of,)]
    while waiting and len(found) < MOST_CHAINS:
        path = waiting.pop(0)
        if len(path) > LONGEST_CHAIN:
            continue
        for link in above.get(path[0], ()):
            if link.holder == holder:
                found.append((holder, *path))
            elif link.holder in above and link.holder not in path:
                waiting.append((link.holder, *path))
    return found
