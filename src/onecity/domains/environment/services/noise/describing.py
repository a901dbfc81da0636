"""What staff tell of noise stations and of limits."""

from datetime import datetime

from django.db import IntegrityError, transaction

from onecity.domains.environment.contracts import NewNoiseLimit
from onecity.domains.environment.models import NoiseLimit, NoiseStation
from onecity.domains.environment.permissions import MANAGE_NOISE
from onecity.domains.environment.rules.noise.areas import AREA_NAMES
from onecity.domains.environment.services.noise.assessing import reassess
from onecity.domains.environment.services.turns import NOISE, take_turn
from onecity.domains.environment.services.water.describing import LimitStands
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity


def place_station(actor: Actor, *, station_id: int, area_code: str, now: datetime) -> None:
    """Say in which functional area a station stands; what it measured is judged anew. now: city time.

    Raises: NotPermitted; NotFound; Invalid naming the field.
    """
    if not actor.may(MANAGE_NOISE):
        raise NotPermitted
    if area_code not in AREA_NAMES:
        raise Invalid(fields={"area_code": zh("没有这个声环境功能区")})
    with transaction.atomic():
        take_turn(NOISE)
        row = NoiseStation.objects.select_for_update().filter(device_id=station_id).first()
        if row is None:
            raise NotFound(zh("没有这个噪声站"))
        row.area_code = area_code
        row.save(update_fields=["area_code"])
        reassess(row, now=now)
        identity.record(
            actor,
            action="environment.place_noise_station",
            target=f"environment.noisestation:{row.device_id}",
            details={"area_code": area_code},
        )


def add_noise_limit(actor: Actor, *, new: NewNoiseLimit, now: datetime) -> int:
    """Add limits of an area that hold from a day on, and return their id. now: city time.

    What was judged stays until it is judged anew.
    Raises: NotPermitted; Invalid naming the field; LimitStands.
    """
    if not actor.may(MANAGE_NOISE):
        raise NotPermitted
    faults: dict[str, str] = {}
    if new.area_code not in AREA_NAMES:
        faults["area_code"] = zh("没有这个声环境功能区")
    if not 0 < new.night_db <= new.day_db < 140:
        faults["night_db"] = zh("限值应大于0，且夜间不高于昼间")
    if not new.source.strip():
        faults["source"] = zh("请写明依据")
    if faults:
        raise Invalid(fields=faults)
    try:
        with transaction.atomic():
            row = NoiseLimit.objects.create(
                area_code=new.area_code,
                day_db=new.day_db,
                night_db=new.night_db,
                edition_code=new.edition_code,
                valid_from=new.valid_from,
                source=new.source,
                author=actor.key,
                created_at=now,
            )
            details = {"area_code": new.area_code, "valid_from": new.valid_from.isoformat()}
            identity.record(
                actor, action="environment.add_noise_limit", target=f"environment.noiselimit:{row.id}", details=details
            )
    except IntegrityError:
        raise LimitStands(fields={"valid_from": LimitStands.message}) from None
    return row.id
