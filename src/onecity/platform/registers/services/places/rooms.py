"""Entering the units of buildings."""

from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.registers.contracts.places import NewRooms
from onecity.platform.registers.models import Building, Room
from onecity.platform.registers.permissions import MAINTAIN_PLACES
from onecity.platform.registers.selectors.places import building_for

MOST_ROOMS: Final = 2_000


class RoomKnown(Conflict):
    """The building has a unit of this number in this stairwell."""

    code = "registers.room_known"
    message = zh("该单元已有{number}号房")


def add_rooms(actor: Actor, *, building_id: int, new: NewRooms) -> int:
    """Enter units floor by floor, all or none; returns how many.

    Raises: NotFound; RoomKnown; Invalid naming the fields.
    """
    _check(new)
    floors = [floor for floor in range(new.first_floor, new.last_floor + 1) if floor]
    with transaction.atomic():
        building = building_for(actor, building_id, permission=MAINTAIN_PLACES)
        Building.objects.select_for_update().get(id=building_id)
        numbers = {(floor, _number(floor, place)) for floor in floors for place in range(1, new.each + 1)}
        known = Room.objects.filter(building=building, stairwell=new.stairwell.strip())
        taken = set(known.values_list("number", flat=True)) & {number for _, number in numbers}
        if taken:
            raise RoomKnown(params={"number": min(taken)})
        Room.objects.bulk_create(
            Room(
                building=building,
                stairwell=new.stairwell.strip()[:10],
                floor=floor,
                number=number,
                use=new.use,
                area_m2=new.area_m2,
            )
            for floor, number in sorted(numbers)
        )
        identity.record(
            actor,
            action="registers.add_rooms",
            target=f"registers.building:{building.id}",
            details={"rooms": len(numbers), "stairwell": new.stairwell.strip()},
        )
    return len(numbers)


def _check(new: NewRooms) -> None:
    faults = {}
    if new.use not in Building.Use.values:
        faults["use"] = zh("没有这个选项")
    if not -10 <= new.first_floor <= new.last_floor <= 200:
        faults["last_floor"] = zh("起止楼层不正确")
    elif new.each < 1 or (new.last_floor - new.first_floor + 1) * new.each > MOST_ROOMS:
        faults["each"] = zh("每层户数不正确，或房屋总数过多")
    if faults:
        raise Invalid(fields=faults)


def _number(floor: int, place: int) -> str:
    """Return a unit's number: 301 on the third floor, B101 below ground."""
    return f"{'B' if floor < 0 else ''}{abs(floor)}{place:02d}"
