"""Conditions that are just a threshold over one property: an alarm rule says the same, and is faster."""

from dataclasses import dataclass

from onecity.platform.iot.rules.conditions.checking import Condition, need_of
from onecity.platform.iot.rules.conditions.language import Mode
from onecity.platform.iot.rules.conditions.needs import Observed
from onecity.platform.iot.rules.conditions.tree import Call, Constant


@dataclass(frozen=True, slots=True)
class Threshold:
    """The newest value of a property above or below a limit."""

    observed: Observed
    kind: str
    limit: float


def threshold_of(condition: Condition) -> Threshold | None:
    """Return the threshold that a condition is; None for any other condition."""
    root = condition.root
    if condition.mode is not Mode.EACH or not isinstance(root, Call) or root.function not in {"_>_", "_<_"}:
        return None
    seen, limit = root.arguments
    if not isinstance(seen, Call) or seen.function != "last" or not isinstance(limit, Constant):
        return None
    need = need_of(seen)
    if need is None or need.device or not isinstance(limit.value, float):
        return None
    return Threshold(need.observed, "above" if root.function == "_>_" else "below", limit.value)
