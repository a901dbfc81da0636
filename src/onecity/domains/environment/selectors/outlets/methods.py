"""Methods and permit limits as rules take them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from onecity.domains.environment.models import MonitorMethod, PermitLimit
from onecity.domains.environment.rules.outlets.factors import Factor
from onecity.domains.environment.rules.outlets.judging import Basis, Limit, Span
from onecity.domains.environment.rules.outlets.means import Method


def monitor_methods() -> list[Method]:
    """Return every method, the oldest first."""
    return [
        Method(
            valid_from=row.valid_from,
            valid_marks=row.valid_marks,
            water_share=row.water_share,
            gas_share=row.gas_share,
            water_by_flow=row.water_by_flow,
            water_hours=row.water_hours,
            gas_hours=row.gas_hours,
            target_rate=row.target_rate,
        )
        for row in MonitorMethod.objects.order_by("valid_from")
    ]


def limits_of(outlet_ids: Sequence[int]) -> Mapping[int, Sequence[Limit]]:
    """Return the limits of all times by outlet."""
    found: dict[int, list[Limit]] = defaultdict(list)
    for row in PermitLimit.objects.filter(outlet__in=outlet_ids):
        found[row.outlet_id].append(
            Limit(Factor(row.factor), Span(row.span), Basis(row.basis), row.upper, row.lower, row.valid_from)
        )
    return found
