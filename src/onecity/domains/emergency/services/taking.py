"""What a new incident is made from: the duty room of its place, its checks, its row."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from onecity.domains.emergency.contracts import NewIncident
from onecity.domains.emergency.models import DutyRoom, Incident, IncidentKind
from onecity.domains.emergency.rules.codes import incident_number
from onecity.domains.emergency.selectors.dictionary import room_for
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.geo.api import OutsideCity, describe

AHEAD: Final = timedelta(minutes=10)


def place_of(new: NewIncident) -> tuple[DutyRoom, str, str]:
    """Return the duty room that answers for the place, the division's or grid's code, and the place in words.

    Raises: Invalid for a place outside the city or without a duty room.
    """
    division, address = new.division_code, new.address
    if new.location:
        try:
            place = describe(longitude=new.location[0], latitude=new.location[1])
        except OutsideCity as error:
            raise Invalid(fields={"longitude": error.template}) from error
        division = place.grid_code or place.division_code
        address = address or place.description
    room = room_for(division) if division else None
    if room is None:
        raise Invalid(fields={"address": zh("该地点没有应急值班室，请先设置")})
    return room, division, address


def check_incident(new: NewIncident, *, now: datetime) -> None:
    """Let an incident pass that can be stored.

    Raises: Invalid naming each field at fault.
    """
    faults: dict[str, str] = {}
    if not new.title.strip() or len(new.title) > 120:
        faults["title"] = zh("请填写标题（至多120字）")
    if not new.words.strip() or len(new.words) > 4000:
        faults["words"] = zh("请填写事件概况（至多4000字）")
    if not IncidentKind.objects.filter(code=new.kind_code, is_active=True).exists():
        faults["kind_code"] = zh("没有这个事件类型")
    if new.source not in Incident.Source.values:
        faults["source"] = zh("没有这个信息来源")
    if new.occurred_at > now + AHEAD:
        faults["occurred_at"] = zh("事发时间不能晚于现在")
    if faults:
        raise Invalid(fields=faults)


def serialise(origin: str) -> None:
    """Let tellers of one origin wait for one another until the transaction ends; without an origin nobody waits."""
    if not origin:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"emergency.incident:{origin}"])


def written(new: NewIncident, *, room: DutyRoom, division: str, address: str, now: datetime) -> Incident:
    """Write the incident's row, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('emergency_incident', 'id'))")
        (serial,) = cursor.fetchone() or (0,)
    longitude, latitude = new.location or (None, None)
    return Incident.objects.create(
        id=serial,
        number=incident_number(f"{city_date(now):%Y%m%d}", serial=serial),
        kind_id=new.kind_code,
        title=new.title.strip(),
        words=new.words.strip(),
        organisation_id=room.organisation_id,
        level=room.level,
        division_code=division,
        longitude=longitude,
        latitude=latitude,
        address=address[:200],
        source=new.source,
        informant=new.informant.strip(),
        occurred_at=new.occurred_at,
        received_at=now,
        deaths=new.harm.deaths,
        missing=new.harm.missing,
        injured=new.harm.injured,
        trapped=new.harm.trapped,
        loss_cny=new.harm.loss_cny,
        is_drill=new.is_drill,
        origin=new.origin,
        updated_at=now,
    )
