"""What a condition sees of one device over a stretch, for a chart."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from onecity.platform.iot.contracts.linkage import LinkageText
from onecity.platform.iot.rules.instants import SECOND
from onecity.platform.iot.selectors.linkage.members import Reach
from onecity.platform.iot.selectors.linkage.stretches import Look, instants_between, plan_of
from onecity.platform.iot.selectors.linkage.tracks import streams_of

MOST_INSTANTS = 20_000


@dataclass(frozen=True, slots=True)
class Curves:
    """Instants (microseconds), and by what was asked the values at them; NaN for none, ages in seconds."""

    instants: NDArray[np.int64]
    series: tuple[tuple[str, NDArray[np.float64]], ...]


def curves_of(
    organisation_id: int, text: LinkageText, *, division_code: str, device: int, bounds: tuple[int, int]
) -> Curves | None:
    """Return what the condition sees of a device at the rule's steps; None if the rule does not reach the device.

    Of many steps every n-th is taken. bounds: since < instant ≤ until, microseconds.
    """
    plan = plan_of(organisation_id, text, division_code=division_code)
    if device not in plan.reach.members:
        return None
    reach = Reach(np.array([device], np.int64), plan.reach.named)
    plan = replace(plan, reach=reach, streams=streams_of(reach.every, plan.needs))
    instants = instants_between(*bounds, step=plan.step)
    instants = instants[:: max(1, -(-len(instants) // MOST_INSTANTS))]
    if not len(instants):
        return Curves(instants, ())
    look = Look(plan, instants)
    series = []
    for need in plan.needs:
        found = look.reading(need)
        values = np.where(found.known, found.data, np.nan).astype(np.float64)
        values = np.broadcast_to(values, (1, len(instants)))[0]
        series.append((need.label, values / SECOND if need.function == "age" else values))
    return Curves(instants, tuple(series))
