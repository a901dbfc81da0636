"""What becomes of each record: sure, doubtful or unmatched, decided over all pairs at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from onecity.platform.registers.rules.matching import (
    DIFFERENT,
    FIELDS,
    LEAD,
    MOST_CANDIDATES,
    SAME,
    UNKNOWN,
    Thresholds,
    agreement,
    outcome_of,
)
from onecity.platform.registers.services.matching.candidates import ExactHit

_DOUBTED_NUMBER = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """A record (or person) and a person who may be the same."""

    left: int
    person_id: int
    probability: float
    agreement: Mapping[str, str]


@dataclass(slots=True)
class Judged:
    """What a run decided. links: row → (outcome, person, probability); rows without one are unmatched."""

    links: dict[int, tuple[str, int | None, float | None]] = field(default_factory=dict)
    doubtful: list[Pair] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        """Return how many records came out so."""
        return sum(1 for found, _, _ in self.links.values() if found == outcome)


def judge_hits(hits: Sequence[ExactHit], judged: Judged) -> None:
    """Take exact hits; a number whose name or birthday contradicts it is doubtful."""
    for hit in hits:
        if hit.agrees:
            judged.links[hit.row] = ("exact", hit.person_id, 1.0)
        else:
            judged.links[hit.row] = ("doubtful", None, None)
            seen = {**dict.fromkeys(FIELDS, UNKNOWN), "citizen_id": SAME, "name": DIFFERENT}
            judged.doubtful.append(Pair(hit.row, hit.person_id, _DOUBTED_NUMBER, seen))


def judge_pairs(pairs: pa.Table, judged: Judged, *, thresholds: Thresholds) -> None:
    """Take scored pairs, sorted by record and falling probability."""
    records = pairs["record"].to_numpy()
    if not len(records):
        return
    probabilities = pairs["probability"].to_numpy()
    persons = pairs["person"].to_numpy()
    starts = np.flatnonzero(np.concatenate(([True], records[1:] != records[:-1])))
    ends = np.append(starts[1:], len(records))
    best = probabilities[starts]
    second = np.where(ends - starts > 1, probabilities[np.minimum(starts + 1, len(records) - 1)], 0.0)
    sure = (best >= thresholds.sure_from) & (best - second >= LEAD)
    for start in starts[sure]:
        judged.links[int(records[start])] = ("probable", int(persons[start]), float(probabilities[start]))
    gammas = {name: pairs[f"gamma_{name}"].to_numpy() for name in FIELDS}
    for start, end in zip(starts[~sure], ends[~sure], strict=True):
        shown = range(start, min(end, start + MOST_CANDIDATES))
        row = int(records[start])
        if outcome_of([float(probabilities[at]) for at in shown], thresholds=thresholds) == "none":
            continue
        judged.links[row] = ("doubtful", None, None)
        judged.doubtful += [
            _pair(row, int(persons[at]), float(probabilities[at]), {name: int(gammas[name][at]) for name in FIELDS})
            for at in shown
            if probabilities[at] >= thresholds.doubtful_from
        ]


def doubles(pairs: pa.Table) -> list[Pair]:
    """Return pairs of register entries."""
    return [
        _pair(
            int(row["record"]), int(row["person"]), row["probability"], {name: row[f"gamma_{name}"] for name in FIELDS}
        )
        for row in pairs.to_pylist()
    ]


def _pair(left: int, person_id: int, probability: float, gammas: Mapping[str, int]) -> Pair:
    return Pair(left, person_id, round(probability, 6), agreement(gammas))
