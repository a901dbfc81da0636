"""Made-up buildings, parcels and resources around the communities' centres, taken in as files are."""

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from onecity.kernel.actor import Actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.platform.geo import api as geo
from onecity.platform.registers.contracts.places import NewRooms
from onecity.platform.registers.models import Building
from onecity.platform.registers.rules.places.fields import RESOURCES, PlaceKind
from onecity.platform.registers.services.places.files import NewFile, take_places
from onecity.platform.registers.services.places.reading import read_places
from onecity.platform.registers.services.places.rooms import add_rooms
from onecity.platform.registers.services.provenance_rules import add_source

BUILDINGS: Final = "housing.buildings"
LAND: Final = "housing.land"
MOST: Final = 60
_LEVEL: Final = 5
_USES: Final = ("residential", "residential", "residential", "commercial", "office", "public")
_LAND: Final = ("0701", "0701", "0501", "0601", "0801", "1001")
Centre = tuple[str, float, float]


def seed_places(actor: Actor, *, organisation_id: int, now: datetime) -> int:
    """Take in made-up places; returns how many buildings there are. now: city time.

    Where there is a building already, nothing is done.
    """
    standing = Building.objects.count()
    centres = [
        (item.code, item.longitude, item.latitude)
        for item in geo.divisions(level=_LEVEL)
        if item.longitude is not None and item.latitude is not None
    ][:MOST]
    if standing or not centres:
        return standing
    for code, name in ((BUILDINGS, "楼栋普查（住建）"), (LAND, "不动产和自然资源登记")):
        add_source(actor, code=code, name=name, organisation_id=organisation_id, now=now)
    chance = random.Random(centres[0][0])  # noqa: S311  # made-up data, no secret
    _take(actor, "building", BUILDINGS, _buildings(chance, centres), now)
    _take(actor, "parcel", LAND, _parcels(chance, centres), now)
    _take(actor, "resource", LAND, _resources(centres), now)
    for row in Building.objects.filter(use="residential").order_by("id")[:8]:
        for stairwell in ("1单元", "2单元"):
            new = NewRooms(stairwell, 1, row.floors_above or 6, 2, "residential")
            add_rooms(actor, building_id=row.id, new=new)
    return Building.objects.count()


def _take(actor: Actor, kind: PlaceKind, source: str, features: Sequence[object], now: datetime) -> None:
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    places = [item for item in read_places(text, kind=kind, system="wgs84") if "geometry" not in item.faults]
    new = NewFile(kind, "示意数据.geojson", sm3(text.encode()).hex(), source, is_made_up=True)
    take_places(actor, new=new, places=places, now=now)


def _buildings(chance: random.Random, centres: Sequence[Centre]) -> list[object]:
    found: list[object] = []
    for code, longitude, latitude in centres:
        for place in range(2):
            floors = chance.choice((6, 11, 18, 26))
            properties = {
                "code": f"{code}L{place + 1:03d}",
                "name": f"示意小区{code[-6:]}-{place + 1}号楼",
                "use": chance.choice(_USES),
                "address": f"示意路{chance.randrange(1, 300)}号",
                "floors_above": floors,
                "floors_below": 1,
                "built_year": chance.randrange(1985, 2024),
                "area_m2": floors * 900,
            }
            west = longitude + (place - 0.5) * 0.002
            found.append(_feature(properties, west, latitude, 0.0003))
    return found


def _parcels(chance: random.Random, centres: Sequence[Centre]) -> list[object]:
    return [
        _feature(
            {
                "code": f"{code}GB{number:05d}",
                "name": f"示意宗地{number}",
                "use_code": chance.choice(_LAND),
                "owner": "state",
                "area_m2": 62_000,
                "right_until": "2070-12-31",
            },
            longitude,
            latitude,
            0.0015,
        )
        for number, (code, longitude, latitude) in enumerate(centres, start=1)
    ]


def _resources(centres: Sequence[Centre]) -> list[object]:
    return [
        _feature(
            {
                "code": f"{code}ZR{number:03d}",
                "name": f"示意{RESOURCES[kind]}{number}",
                "kind": kind,
                "area_m2": 320_000,
            },
            longitude + 0.006,
            latitude + 0.004,
            0.003,
        )
        for number, (kind, (code, longitude, latitude)) in enumerate(zip(RESOURCES, centres, strict=False), start=1)
    ]


def _feature(properties: Mapping[str, object], longitude: float, latitude: float, half: float) -> object:
    """Return a square around a point. half: half its side, degrees."""
    west, south, east, north = longitude - half, latitude - half * 0.75, longitude + half, latitude + half * 0.75
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
