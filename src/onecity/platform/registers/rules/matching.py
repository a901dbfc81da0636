"""Weights of record matching: how often values agree among true pairs (m) and among strangers (u)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

SAME, HOMOPHONE, ALIKE, DIFFERENT, UNKNOWN = "same", "homophone", "alike", "different", "unknown"
FIELDS: Final = ("name", "birth_date", "sex_code", "address", "phone")
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": (SAME, HOMOPHONE, ALIKE, DIFFERENT),
    "birth_date": (SAME, ALIKE, DIFFERENT),
    "sex_code": (SAME, DIFFERENT),
    "address": (SAME, ALIKE, DIFFERENT),
    "phone": (SAME, DIFFERENT),
}
MOST_CANDIDATES: Final = 5
LEAD: Final = 0.05
_TOLERANCE: Final = 0.02


class WeightsRefused(Invalid):
    """Weights that are no probabilities, or do not add up to one over a field's levels."""

    code = "registers.weights_refused"
    message = zh("匹配权重不合规定：{field} 的各级概率应在 0 至 1 之间且合计为 1")


@dataclass(frozen=True, slots=True)
class FieldWeights:
    """One field's probabilities, in the order of its levels. m: of true pairs, u: of strangers."""

    m: tuple[float, ...]
    u: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of all fields, and how probable it is that a random record and a random candidate are one person."""

    fields: Mapping[str, FieldWeights]
    prior: float

    def written(self) -> dict[str, object]:
        """Return the weights as JSON values."""
        fields = {name: {"m": list(item.m), "u": list(item.u)} for name, item in self.fields.items()}
        return {"prior": self.prior, "fields": fields}


FIRST: Final = Weights(
    {
        "name": FieldWeights((0.93, 0.03, 0.02, 0.02), (0.0006, 0.0004, 0.009, 0.99)),
        "birth_date": FieldWeights((0.95, 0.03, 0.02), (0.00004, 0.00196, 0.998)),
        "sex_code": FieldWeights((0.99, 0.01), (0.5, 0.5)),
        "address": FieldWeights((0.70, 0.15, 0.15), (0.00005, 0.00195, 0.998)),
        "phone": FieldWeights((0.75, 0.25), (0.000001, 0.999999)),
    },
    prior=0.0000002,
)
"""The weights of the first day. Source: house rule; learn better ones from the city's own records."""


def read_weights(written: Mapping[str, object]) -> Weights:
    """Return weights from JSON values. Raises: WeightsRefused naming the field."""
    fields = written.get("fields")
    prior = written.get("prior")
    if not isinstance(fields, Mapping) or not isinstance(prior, int | float) or not 0 < prior < 1:
        raise WeightsRefused(params={"field": "prior"})
    return Weights({name: _field(name, fields.get(name)) for name in FIELDS}, float(prior))


def _field(name: str, written: object) -> FieldWeights:
    if not isinstance(written, Mapping):
        raise WeightsRefused(params={"field": name})
    m, u = (_shares(name, written.get(side)) for side in ("m", "u"))
    return FieldWeights(m, u)


def _shares(name: str, values: object) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in values) if isinstance(values, Sequence) else ()
    if len(numbers) != len(LEVELS[name]) or any(not 0 < value < 1 for value in numbers):
        raise WeightsRefused(params={"field": name})
    if abs(sum(numbers) - 1) > _TOLERANCE:
        raise WeightsRefused(params={"field": name})
    return numbers


def agreement(gammas: Mapping[str, int]) -> dict[str, str]:
    """Return each field's level by name. gammas: −1 for unknown, 0 for the last level, rising to the first."""
    return {
        name: UNKNOWN if level < 0 else LEVELS[name][len(LEVELS[name]) - 1 - level] for name, level in gammas.items()
    }


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability a pair is taken without asking, and from which a clerk is asked."""

    sure_from: float
    doubtful_from: float


def outcome_of(probabilities: Sequence[float], *, thresholds: Thresholds) -> str:
    """Return probable, doubtful or none for a record's candidates, given by probability from high to low.

    The best is taken without asking only when it leads the next one: two people alike are for a clerk to tell apart.
    """
    if not probabilities or probabilities[0] < thresholds.doubtful_from:
        return "none"
    leads = len(probabilities) < 2 or probabilities[0] - probabilities[1] >= LEAD
    return "probable" if probabilities[0] >= thresholds.sure_from and leads else "doubtful"
