"""Resource paths: `Things(1)/Datastreams(2)/name/$value`."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from onecity.platform.iot.sensorthings.entities import SETS, EntitySet, NoSuchPath, Relation

DEEPEST: Final = 20
_STEP: Final = re.compile(r"([A-Za-z]+)(?:\((-?\d{1,18}|'[^']*')\))?")
Ending = Literal["", "$ref", "$value", "$count"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path. relation: by which it was reached; None for the first. id: which one, None for all."""

    entities: EntitySet
    relation: Relation | None
    id: int | None = None

    @property
    def many(self) -> bool:
        """Say whether it leads to a collection."""
        return self.id is None and (self.relation is None or self.relation.many)


@dataclass(frozen=True, slots=True)
class ResourcePath:
    """A path. names: what follows below the last entity, the first a property of it. text: as it was asked for."""

    steps: tuple[Step, ...]
    names: tuple[str, ...]
    ending: Ending
    text: str

    @property
    def last(self) -> Step:
        """The step that says which entities are meant."""
        return self.steps[-1]


def path_of(text: str) -> ResourcePath:
    """Return a resource path.

    Raises: NoSuchPath.
    Source: OGC 18-088, 9.2 (resource path).
    """
    parts = [part for part in text.strip("/").split("/") if part]
    ending: Ending = ""
    if parts and parts[-1] in {"$ref", "$value", "$count"}:
        ending = parts.pop()  # type: ignore[assignment]  # one of the three, as just asked
    steps: list[Step] = []
    while parts and len(steps) < DEEPEST:
        step = _step(parts[0], steps, text)
        if step is None:
            break
        steps.append(step)
        parts.pop(0)
    _check(steps, parts, ending, text)
    return ResourcePath(tuple(steps), tuple(parts), ending, text.strip("/"))


def _step(part: str, before: list[Step], text: str) -> Step | None:
    found = _STEP.fullmatch(part)
    if found is None:
        return None
    name, key = found.groups()
    if not before:
        if name not in SETS:
            raise NoSuchPath(params={"path": text[:120]})
        return Step(SETS[name], None, _number(key, text))
    relation = next((item for item in before[-1].entities.relations if item.name == name), None)
    if relation is None:
        return None
    if before[-1].many or (key and not relation.many):
        raise NoSuchPath(params={"path": text[:120]})
    return Step(SETS[relation.target], relation, _number(key, text))


def _number(key: str | None, text: str) -> int | None:
    if key is None:
        return None
    plain = key.strip("'")
    if not re.fullmatch(r"-?\d{1,18}", plain):
        raise NoSuchPath(params={"path": text[:120]})
    return int(plain)


def _check(steps: list[Step], rest: list[str], ending: Ending, text: str) -> None:
    ok = bool(steps)
    if ok and rest:
        ok = not steps[-1].many and (rest[0] in {"id", "@iot.id"} or steps[-1].entities.property(rest[0]) is not None)
        ok = ok and ending in {"", "$value"}
    elif ok:
        ok = ending == "" or (ending == "$value") is False
        ok = ok and not (ending == "$count" and not steps[-1].many)
    if not ok:
        raise NoSuchPath(params={"path": text[:120]})
