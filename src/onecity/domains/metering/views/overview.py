"""Zones: all of them with their losses, and one with its days, its borders and what lies below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from onecity.domains.metering.models import Meter, Zone, ZoneDay
from onecity.domains.metering.permissions import VIEW
from onecity.domains.metering.rules.codes import SUPPLY_NAMES, UNITS
from onecity.domains.metering.rules.losses import Balance
from onecity.domains.metering.rules.times import DAY
from onecity.domains.metering.selectors import lists
from onecity.domains.metering.views.showing import night_chart, plain, rate, verdict, zone_chart
from onecity.kernel.clock import city_date
from onecity.platform.geo import api as geo
from onecity.web.access import requires
from onecity.web.http import CityRequest

SHOWN_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """A zone with its thirty days. rate: of all of them. night: of the newest night. depth: in the tree."""

    zone: Zone
    depth: int
    days: Sequence[ZoneDay]

    @property
    def balance(self) -> Balance:
        """What came in, was used and lost in the days that tell both."""
        told = [day for day in self.days if day.loss is not None]
        supplied = sum((day.supplied for day in told if day.supplied is not None), Decimal(0))
        return Balance(supplied, sum((day.used for day in told if day.used is not None), Decimal(0)))

    @property
    def rate(self) -> Decimal | None:
        """The loss in per cent."""
        found = self.balance.rate
        return None if found is None else found.quantize(Decimal("0.1"))

    @property
    def verdict(self) -> str:
        """How the loss is judged."""
        return verdict(self.rate)

    @property
    def night(self) -> str:
        """The least flow of the newest night that tells it."""
        return next((plain(day.night_flow) for day in reversed(self.days) if day.night_flow is not None), "—")

    @property
    def unit(self) -> str:
        """In which it is counted."""
        return UNITS[self.zone.supply]

    @property
    def incomplete(self) -> int:
        """How many of the days lack a reading."""
        return sum(not day.complete for day in self.days)


@requires(VIEW)
@require_GET
def overview(request: CityRequest) -> HttpResponse:
    """Show all zones with the losses of thirty days."""
    supply = request.GET.get("supply", "")
    supply = supply if supply in SUPPLY_NAMES else ""
    zones = lists.zones(request.actor, supply=supply)
    facts = {
        "zones": _rows(zones, last=city_date(request.now) - DAY),
        "supply": supply,
        "supplies": list(SUPPLY_NAMES.items()),
        "map": geo.map_settings(
            request.actor, name="zones-map", shown=("metering.zones",), offered=("metering.zones", "metering.meters")
        ),
    }
    return render(request, "metering/overview.html", facts)


@requires(VIEW)
@require_GET
def zone(request: CityRequest, zone_id: int) -> HttpResponse:
    """Show one zone."""
    row = lists.zone_for(request.actor, zone_id)
    last = city_date(request.now) - DAY
    days = lists.zone_days([row.id], first=last - (SHOWN_DAYS - 1) * DAY, last=last)
    below = [item for item in lists.zones(request.actor, supply=row.supply) if item.parent_id == row.id]
    facts = {
        "zone": row,
        "supply": SUPPLY_NAMES[row.supply],
        "unit": UNITS[row.supply],
        "summary": ZoneRow(row, 0, days),
        "days": [(day, rate(day)) for day in reversed(days)],
        "flow_chart": zone_chart(days, supply=row.supply),
        "night_chart": night_chart(days, supply=row.supply),
        "borders": lists.borders_of(row.id),
        "below": _rows(below, last=last),
        "customers": Meter.objects.filter(zone=row).count(),
    }
    return render(request, "metering/zone.html", facts)


def _rows(zones: Sequence[Zone], *, last: date) -> list[ZoneRow]:
    found = lists.zone_days([item.id for item in zones], first=last - (SHOWN_DAYS - 1) * DAY, last=last)
    return [
        ZoneRow(item, getattr(item, "depth", 0), [day for day in found if day.zone_id == item.id]) for item in zones
    ]
