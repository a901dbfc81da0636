"""Loading a city pack: what stands in its files, and what has to be made up. Running it again changes nothing."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

from onecity.demo import sources
from onecity.demo.organisations import load_organisations
from onecity.demo.packs import CityPack, Disc
from onecity.demo.synthesis import sample
from onecity.demo.synthesis.outlines import inside_any
from onecity.demo.synthesis.plane import Plane, Ring, rounded, together
from onecity.demo.synthesis.streets import Ground, street_rows
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Unavailable
from onecity.kernel.text import zh
from onecity.platform.geo import api as geo
from onecity.platform.geo.contracts import AreaRow, CityRow, GeoJSON, RoadRow

GRID_IN_FORCE: Final = date(2020, 1, 1)
MADE_UP_STREETS: Final = "示意道路"
MADE_UP_TOWNS: Final = "示意建成区"
Say = Callable[[str], None]


class DataMissing(Unavailable):
    """The pack reads real files, and there are none."""

    code = "city_data_missing"
    message = zh("城市包 {code} 需要真实数据，请用 ONECITY_DATA 指定数据目录")


class SpokenProgress:
    """Tells the steps of long work to whoever started it; nothing cancels it."""

    def __init__(self, say: Say, *, what: str) -> None:
        self._say = say
        self._what = what
        self._said = -1

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Say every tenth of the work."""
        tenth = done * 10 // total if total else 0
        if tenth > self._said:
            self._said = tenth
            self._say(f"  {self._what} {done}/{total} {note}".rstrip())


def load_city(actor: Actor, *, pack: CityPack, data: Path | None, say: Say) -> None:
    """Load a city: divisions, streets, base map, places, outlines, unit grids, bodies.

    data: folder with the real files; a synthetic pack needs none. say: is told each step with its time.
    Raises: DataMissing; BadPack; whatever a loader refuses.
    """
    if pack.needs_data and data is None:
        raise DataMissing(params={"code": pack.code})
    for what, work in _steps(actor, pack, data, say):
        began = time.monotonic()
        outcome = work()
        say(f"{what}: {outcome} ({time.monotonic() - began:.1f} s)")


def _steps(actor: Actor, pack: CityPack, data: Path | None, say: Say) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "行政区划", lambda: _divisions(actor, pack, data)
    yield "城市范围", lambda: _city(actor, pack)
    yield "道路", lambda: _roads(actor, pack, data)
    yield "底图", lambda: _areas(actor, pack, data)
    yield "地点", lambda: _places(actor, pack, data)
    outlines = SpokenProgress(say, what="区划边界")
    yield (
        "区划边界",
        lambda: geo.generate_boundaries(actor, city_code=pack.division_code, progress=outlines, hosts=pack.hosts),
    )
    yield "门牌地址", lambda: geo.generate_addresses(actor)
    cells = SpokenProgress(say, what="单元网格")
    yield (
        "单元网格",
        lambda: geo.generate_grid(
            actor, division_code=pack.division_code, day=GRID_IN_FORCE, progress=cells, is_synthetic=True
        ),
    )
    yield "组织机构", lambda: load_organisations(actor, pack=pack)


def _divisions(actor: Actor, pack: CityPack, data: Path | None) -> object:
    rows = sources.division_rows(pack, data=data) if data and pack.needs_data else sample.division_rows(pack)
    return geo.load_divisions(actor, rows=rows)


def _city(actor: Actor, pack: CityPack) -> str:
    outlines = [_outline(disc) for disc in built_up(pack)]
    row = CityRow(
        code=pack.code,
        name=pack.name,
        division_code=pack.division_code,
        longitude=pack.view.longitude,
        latitude=pack.view.latitude,
        zoom=pack.view.zoom,
        built_up=together(outlines),
        attribution=pack.attribution,
        is_synthetic=pack.is_synthetic,
    )
    geo.set_city(actor, row=row)
    return pack.name


def built_up(pack: CityPack) -> list[Disc]:
    """Return the built-up areas: those of the pack, and one around each county seat when the pack asks for it."""
    discs = list(pack.built_up)
    if pack.county_seat_radius_m:
        prefix = pack.division_code[:4]
        for county in geo.divisions(level=3):
            # Outlines of development zones are drawn later, inside the built-up area: they have no seat of their own.
            if county.code.startswith(prefix) and county.longitude and county.latitude and not county.is_synthetic:
                seat = Disc(county.name, county.longitude, county.latitude, pack.county_seat_radius_m)
                if not any(_covers(disc, seat) for disc in discs):
                    discs.append(seat)
    return discs


def _covers(disc: Disc, seat: Disc) -> bool:
    east, north = Plane(disc.longitude, disc.latitude).metres(seat.longitude, seat.latitude)
    return float(east**2 + north**2) < (disc.radius_m + seat.radius_m) ** 2


def _outline(disc: Disc) -> GeoJSON:
    return Plane(disc.longitude, disc.latitude).polygon([_ring(disc)])


def _ring(disc: Disc) -> Ring:
    return rounded((0.0, 0.0), radius_m=disc.radius_m, seed=sum(disc.name.encode()))


def _roads(actor: Actor, pack: CityPack, data: Path | None) -> str:
    loaded = [
        geo.load_roads(actor, rows=sources.road_rows(file, data=data), source=file.source)
        for file in pack.roads
        if data is not None
    ]
    made_up = list(_made_up_roads(pack))
    loaded.append(geo.load_roads(actor, rows=made_up, source=MADE_UP_STREETS))
    return f"{sum(item.written + item.unchanged for item in loaded)}（示意 {len(made_up)}）"


def _made_up_roads(pack: CityPack) -> Iterator[RoadRow]:
    if pack.streets is None:
        return
    plane = Plane(pack.view.longitude, pack.view.latitude)
    town = inside_any(_town(pack, plane))
    beside = _real(pack, plane)
    land = sample.sample_land(pack) if pack.is_synthetic else None
    ground = Ground(
        is_town=lambda point: town(point) and not beside(point),
        is_closed=inside_any([land.lake, *(ring for _, ring in land.parks)] if land else []),
        is_river=inside_any([land.river] if land else []),
    )
    reach = max(disc.radius_m for disc in pack.built_up) * 1.3
    yield from street_rows(plane, plan=pack.streets, ground=ground, reach_m=reach, seed=int(pack.division_code))
    if pack.is_synthetic:
        yield from sample.sample_railway(pack)


def _town(pack: CityPack, plane: Plane) -> list[Ring]:
    rings = []
    for disc in pack.built_up:
        east, north = plane.metres(disc.longitude, disc.latitude)
        rings.append([(east + point[0], north + point[1]) for point in _ring(disc)])
    return rings


def _real(pack: CityPack, plane: Plane) -> Callable[[tuple[float, float]], bool]:
    box = pack.streets.beside if pack.streets else None
    if box is None:
        return lambda _: False
    west, south = plane.metres(box[0], box[1])
    east, north = plane.metres(box[2], box[3])
    return lambda point: west <= point[0] <= east and south <= point[1] <= north


def _areas(actor: Actor, pack: CityPack, data: Path | None) -> int:
    if pack.is_synthetic:
        plane = Plane(pack.view.longitude, pack.view.latitude)
        rows = list(sample.sample_areas(pack, town=_town(pack, plane)))
        geo.load_areas(actor, rows=rows, source=sample.SOURCE)
        return len(rows)
    towns = [AreaRow(disc.name, "built_up", _outline(disc), is_synthetic=True) for disc in built_up(pack)]
    geo.load_areas(actor, rows=towns, source=MADE_UP_TOWNS)
    total = len(towns)
    for file in pack.areas:
        assert data is not None
        loaded = geo.load_areas(actor, rows=sources.area_rows(file, data=data), source=file.source)
        total += loaded.written + loaded.unchanged
    return total


def _places(actor: Actor, pack: CityPack, data: Path | None) -> int:
    if pack.is_synthetic:
        loaded = [geo.load_places(actor, rows=sample.sample_places(pack), source=sample.SOURCE)]
    else:
        loaded = [
            geo.load_places(actor, rows=sources.place_rows(file, data=data), source=file.source)
            for file in pack.places
            if data is not None
        ]
    return sum(item.written + item.unchanged for item in loaded)
