"""Where Things are: current Locations and the history that follows from every move."""

from collections.abc import Sequence
from datetime import datetime

from onecity.platform.iot.models import (
    Device,
    StaHistoricalLocation,
    StaHistoricalPlace,
    StaLocation,
    StaThing,
    StaThingLocation,
)
from onecity.platform.iot.sensorthings.writing.desk import CityOwned, Desk


def place_thing(desk: Desk, thing_id: int, location_ids: Sequence[int], *, at: datetime | None = None) -> None:
    """Put a Thing at Locations, in the place of those where it was, and note it in its history.

    Raises: CityOwned for a device of the city.
    Source: OGC 18-088, 10.2.1 (historical location automatic creation).
    """
    thing = StaThing.objects.select_for_update().get(id=thing_id)
    if not thing.native:
        raise CityOwned
    set_current(thing_id, location_ids)
    history = StaHistoricalLocation.objects.create(
        thing=thing, time=at or desk.now, organisation_id=thing.organisation_id, division_code=thing.division_code
    )
    _note_places(history.id, location_ids)
    desk.note("HistoricalLocations", history.id)


def set_current(thing_id: int, location_ids: Sequence[int]) -> None:
    """Make Locations a Thing's current ones, and show its device on the map where one of them is a point."""
    StaThingLocation.objects.filter(thing_id=thing_id).delete()
    for number in dict.fromkeys(location_ids):
        StaThingLocation.objects.create(thing_id=thing_id, location_id=number)
    show_device(thing_id)


def show_device(thing_id: int) -> None:
    """Put a Thing's device on the map at the first of its Locations that is a point."""
    ids = StaThingLocation.objects.filter(thing_id=thing_id).values_list("location_id", flat=True)
    places = StaLocation.objects.filter(id__in=list(ids)).order_by("id").values_list("geometry", flat=True)
    point = next((place for place in places if place is not None and place.geom_type == "Point"), None)
    Device.objects.filter(id=thing_id).update(location=point)


def remember_place(desk: Desk, history_id: int, location_ids: Sequence[int]) -> None:
    """Put Locations in a HistoricalLocation; the newest of a Thing's says where the Thing is.

    Source: OGC 18-088, 8.2.3 (HistoricalLocation).
    """
    history = StaHistoricalLocation.objects.get(id=history_id)
    _note_places(history_id, location_ids)
    later = StaHistoricalLocation.objects.filter(thing_id=history.thing_id, time__gt=history.time)
    if location_ids and not later.exists():
        set_current(history.thing_id, location_ids)


def forget_places(history_id: int) -> None:
    """Empty a HistoricalLocation."""
    StaHistoricalPlace.objects.filter(history_id=history_id).delete()


def _note_places(history_id: int, location_ids: Sequence[int]) -> None:
    StaHistoricalPlace.objects.bulk_create(
        [StaHistoricalPlace(history_id=history_id, location_id=number) for number in dict.fromkeys(location_ids)],
        ignore_conflicts=True,
    )
