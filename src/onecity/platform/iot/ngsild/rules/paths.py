"""Conditions of the query language as SQL/JSON paths over kept attributes."""

import json
from typing import Final, assert_never

from onecity.platform.iot.ngsild.rules.names import NGSI
from onecity.platform.iot.ngsild.rules.queries import (
    Between,
    Compares,
    Exists,
    Leaf,
    Literally,
    Matches,
    OneOf,
    Path,
)

FACTS: Final = {f"{NGSI}{name}": name for name in ("observedAt", "createdAt", "modifiedAt", "unitCode", "datasetId")}
_NUMBERS: Final = ('@."value"', '@."valueList"', '@."json"')
_TEXTS: Final = (
    '@."value"', '@."value"."@value"', '@."object"', '@."objectList"', '@."vocab"', '@."valueList"', '@."json"',
    '@."languageMap".*',
)  # fmt: skip
_INSIDE: Final = ("value", "json", "languageMap", "valueList")


def json_path(leaf: Leaf) -> str:
    """Return the path that finds something in an entity's attributes where the condition holds.

    Two values of different types are unequal, and neither is greater.
    """
    holder, fact = _holder(leaf.path)
    condition = _condition(leaf, fact)
    return f"{holder} ? ({condition})" if condition else holder


def _holder(path: Path) -> tuple[str, str]:
    """Return the path to the instances that are looked at, and which of their facts is meant; "" for the value."""
    chain, fact = path.chain, ""
    if len(chain) > 1 and chain[-1] in FACTS:
        chain, fact = chain[:-1], FACTS[chain[-1]]
    return "$." + '."subs".'.join(f"{json.dumps(iri, ensure_ascii=False)}[*]" for iri in chain), fact


def _condition(leaf: Leaf, fact: str) -> str:
    match leaf:
        case Exists(path):
            return _there(path, fact) if path.inside or fact else ""
        case Compares(path, "!=", literal):
            return _unequal(_compared(path, fact, "==", literal), path, fact)
        case Compares(path, operator, literal):
            return _compared(path, fact, operator, literal)
        case Between(path, low, high, negated):
            inside = _between(path, fact, low, high)
            return _unequal(inside, path, fact) if negated else inside
        case OneOf(path, literals, negated):
            some = " || ".join(_compared(path, fact, "==", literal) for literal in literals)
            return _unequal(some, path, fact) if negated else some
        case Matches(path, pattern, negated):
            quoted = json.dumps(pattern, ensure_ascii=False)
            found = " || ".join(f"{place} like_regex {quoted}" for place in _places(path, fact, texts=True))
            return f"!({found}) && ({_there(path, fact, texts=True)})" if negated else found
        case _:
            assert_never(leaf)


def _compared(path: Path, fact: str, operator: str, literal: Literally) -> str:
    places = _places(path, fact, texts=literal.kind not in {"number", "truth"})
    if literal.kind == "instant" and not fact:
        places = ('@."moment"',) if not path.inside else places
    value = literal.text if literal.kind in {"number", "truth"} else json.dumps(literal.text, ensure_ascii=False)
    return "(" + " || ".join(f"{place} {operator} {value}" for place in places) + ")"


def _between(path: Path, fact: str, low: Literally, high: Literally) -> str:
    places = _places(path, fact, texts=low.kind not in {"number", "truth"})
    if low.kind == "instant" and not fact and not path.inside:
        places = ('@."moment"',)
    first, last = (
        item.text if item.kind in {"number", "truth"} else json.dumps(item.text, ensure_ascii=False)
        for item in (low, high)
    )
    return "(" + " || ".join(f"({place} >= {first} && {place} <= {last})" for place in places) + ")"


def _unequal(equal: str, path: Path, fact: str) -> str:
    there = f" && ({_there(path, fact)})" if path.inside or fact else ""
    return f"(!({equal}) || (({equal}) is unknown)){there}"


def _there(path: Path, fact: str, *, texts: bool = False) -> str:
    return " || ".join(f"exists({place})" for place in _places(path, fact, texts=texts or not path.inside))


def _places(path: Path, fact: str, *, texts: bool) -> tuple[str, ...]:
    if fact:
        return (f'@."{fact}"',)
    if path.inside:
        keys = "".join(".*" if key == "*" else f".{json.dumps(key, ensure_ascii=False)}" for key in path.inside)
        return tuple(f'@."{main}"{keys}' for main in _INSIDE)
    return _TEXTS if texts else _NUMBERS
