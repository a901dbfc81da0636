"""Publishing the weights by which evaluation judges."""

from datetime import date, datetime

from django.db import connection, transaction

from onecity.domains.urban_management.models import WeightEdition
from onecity.domains.urban_management.permissions import CONFIGURE
from onecity.domains.urban_management.rules.evaluation import Scale, scale_faults
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import record


def publish_weights(actor: Actor, *, scale: Scale, effective_from: date, note: str, now: datetime) -> int:
    """Publish weights for months from `effective_from` (its month) on, and return the edition's number.

    Months that were evaluated keep the edition they were evaluated by. now: city time.
    Raises: NotPermitted; Invalid.
    """
    if not actor.may(CONFIGURE):
        raise NotPermitted
    faults = scale_faults(scale)
    if faults:
        raise Invalid(faults[0])
    month = effective_from.replace(day=1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE urban_management_weightedition IN SHARE ROW EXCLUSIVE MODE")
        newest = WeightEdition.objects.order_by("-edition").first()
        if month < city_date(now).replace(day=1) or (newest and month <= newest.effective_from):
            raise Invalid(fields={"effective_from": zh("生效月份应为本月或以后，且晚于上一版")})
        row = WeightEdition.objects.create(
            edition=(newest.edition if newest else 0) + 1,
            effective_from=month,
            weights={kind: dict(weights) for kind, weights in scale.weights.items()},
            excellent=scale.bands.excellent,
            good=scale.bands.good,
            fair=scale.bands.fair,
            note=note[:200],
            published_by=actor.key,
            published_at=now,
        )
        record(
            actor,
            action="urban_management.publish_weights",
            target=f"urban_management.weightedition:{row.id}",
            details={"edition": row.edition, "from": f"{month:%Y-%m}"},
        )
    return row.edition
