"""What staff tell of meters and zones: customers, categories, borders, exchanges."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction

from onecity.domains.metering.contracts import MeterFacts, NewZone
from onecity.domains.metering.models import Meter, MeterExchange, Zone, ZoneBorder
from onecity.domains.metering.models.meters import SRID
from onecity.domains.metering.permissions import MANAGE
from onecity.domains.metering.rules.codes import SUPPLY_NAMES
from onecity.domains.metering.rules.losses import below
from onecity.domains.metering.services.assessing import assess
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity


def describe_meters(actor: Actor, *, facts: Mapping[int, MeterFacts]) -> None:
    """Enter what staff tell of meters, by meter id. Usage that was computed before stays until it is computed anew.

    Raises: NotFound for a meter that the actor may not manage, or a zone that does not exist; Invalid.
    """
    zones = {row.code: row for row in Zone.objects.filter(code__in={item.zone_code for item in facts.values()})}
    with transaction.atomic():
        scope = identity.row_scope(actor, MANAGE)
        rows = {row.id: row for row in Meter.objects.select_for_update().filter(scope.q(), id__in=facts)}
        if len(rows) != len(facts):
            raise NotFound(zh("没有这块计量表"))
        for number, item in facts.items():
            _describe(rows[number], item, zones)
        Meter.objects.bulk_update(
            rows.values(),
            [
                "category",
                "customer_number",
                "premises_code",
                "persons",
                "watched",
                "multiplier",
                "capacity",
                "zone",
            ],
        )
        for number in facts:
            identity.record(actor, action="metering.describe_meter", target=f"metering.meter:{number}")


def _describe(row: Meter, item: MeterFacts, zones: Mapping[str, Zone]) -> None:
    if item.multiplier <= 0 or item.capacity <= 0:
        raise Invalid(fields={"multiplier": zh("倍率和满码值应大于零")})
    if item.zone_code and (item.zone_code not in zones or zones[item.zone_code].supply != row.supply):
        raise Invalid(fields={"zone_code": zh("没有这个分区，或分区的计量种类不同")})
    row.category, row.customer_number, row.premises_code = item.category, item.customer_number, item.premises_code
    row.persons, row.watched = item.persons, item.watched
    row.multiplier, row.capacity = item.multiplier, item.capacity
    row.zone = zones[item.zone_code] if item.zone_code else None


def add_zone(actor: Actor, *, new: NewZone, now: datetime) -> int:
    """Enter a zone and return its id; one with the same code is changed. now: city time.

    Raises: Invalid naming the field; NotFound for an unknown parent.
    """
    if new.supply not in SUPPLY_NAMES:
        raise Invalid(fields={"supply": zh("没有这个计量种类")})
    parent = Zone.objects.filter(code=new.parent_code, supply=new.supply).first() if new.parent_code else None
    if new.parent_code and parent is None:
        raise NotFound(zh("没有这个上级分区"))
    outline = GEOSGeometry(new.outline, srid=SRID) if new.outline else None
    if outline is not None and not isinstance(outline, MultiPolygon):
        outline = MultiPolygon(outline, srid=SRID)
    with transaction.atomic():
        row, _ = Zone.objects.update_or_create(
            code=new.code,
            defaults={
                "name": new.name,
                "supply": new.supply,
                "parent": parent,
                "outline": outline,
                "organisation_id": new.organisation_id,
                "division_code": new.division_code,
            },
            create_defaults={
                "name": new.name,
                "supply": new.supply,
                "parent": parent,
                "outline": outline,
                "organisation_id": new.organisation_id,
                "division_code": new.division_code,
                "created_at": now,
            },
        )
        tree = below(dict(Zone.objects.values_list("id", "parent_id")))
        if parent is not None and parent.id in tree[row.id]:
            raise Conflict(zh("分区不能属于自己的下级"))
        identity.record(actor, action="metering.add_zone", target=f"metering.zone:{row.id}")
    return row.id


def set_borders(actor: Actor, *, zone_id: int, inlets: Sequence[int], outlets: Sequence[int] = ()) -> None:
    """Say which meters measure what comes into a zone and what goes out. Ids of meters. Raises: NotFound."""
    with transaction.atomic():
        scope = identity.row_scope(actor, MANAGE)
        row = Zone.objects.select_for_update().filter(scope.q(), id=zone_id).first()
        wanted = {*inlets, *outlets}
        if row is None or Meter.objects.filter(id__in=wanted, supply=row.supply).count() != len(wanted):
            raise NotFound(zh("没有这个分区或计量表"))
        ZoneBorder.objects.filter(zone=row).delete()
        ZoneBorder.objects.bulk_create(
            [ZoneBorder(zone=row, meter_id=number, direction=ZoneBorder.Direction.INLET) for number in inlets]
            + [ZoneBorder(zone=row, meter_id=number, direction=ZoneBorder.Direction.OUTLET) for number in outlets]
        )
        identity.record(actor, action="metering.set_borders", target=f"metering.zone:{row.id}")


def exchange_meter(
    actor: Actor, *, meter_id: int, at: datetime, last_register: Decimal, first_register: Decimal, now: datetime
) -> None:
    """Note that a meter was exchanged; the day and all that follows from it are computed anew. now: city time.

    Raises: NotFound; Conflict if an exchange at that instant is noted already; Invalid for one in the future.
    """
    if at > now:
        raise Invalid(fields={"at": zh("换表时间不能晚于现在")})
    with transaction.atomic():
        row = Meter.objects.select_for_update().filter(identity.row_scope(actor, MANAGE).q(), id=meter_id).first()
        if row is None:
            raise NotFound(zh("没有这块计量表"))
        if MeterExchange.objects.filter(meter=row, at=at).exists():
            raise Conflict(zh("该时间已登记换表"))
        MeterExchange.objects.create(
            meter=row,
            at=at,
            last_register=last_register,
            first_register=first_register,
            author=actor.key,
            created_at=now,
        )
        identity.record(actor, action="metering.exchange_meter", target=f"metering.meter:{row.id}")
        assess([row.device_id], days_touched=[city_date(at)], now=now)
