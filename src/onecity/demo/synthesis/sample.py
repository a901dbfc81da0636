"""The sample city (示范市): a whole made-up city that ships with the project, under codes that were never given out."""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Final

import numpy as np

from onecity.demo.packs import CityPack
from onecity.demo.synthesis.landscape import Landscape, area_rows, landscape
from onecity.demo.synthesis.names import COMMUNITIES, SUBDISTRICTS, TOWNS, VILLAGES
from onecity.demo.synthesis.outlines import inside_any
from onecity.demo.synthesis.plane import Plane, Point, Ring, rounded
from onecity.demo.synthesis.streets import bent, turned
from onecity.platform.geo.contracts import AreaRow, DivisionRow, PlaceRow, RoadRow

SOURCE: Final = "示意数据"
CITY_RADIUS_M: Final = 24_000.0
# Code after the city's four digits, name, streets (街道), towns (镇). City code 2299 is assigned to no city.
_COUNTIES: Final = (
    ("02", "滨江区", 8, 1),
    ("03", "东湖区", 7, 1),
    ("04", "南岭区", 7, 2),
    ("21", "安平县", 2, 6),
    ("81", "永和市", 3, 5),
)
_SCHOOLS: Final = ("实验小学", "第一中学", "第二中学", "职业技术学院", "师范学院")
_SERVICES: Final = (
    ("便民服务中心", "政务服务"),
    ("派出所", "公安"),
    ("社区卫生服务中心", "医疗"),
    ("农贸市场", "商业"),
    ("中心小学", "教育"),
    ("公交首末站", "交通设施"),
)


def division_rows(pack: CityPack) -> Iterator[DivisionRow]:
    """Yield the city with its outline and everything below it, without outlines: those are drawn like anywhere else."""
    plane = Plane(pack.view.longitude, pack.view.latitude)
    outline = plane.polygon([rounded((0, 0), radius_m=CITY_RADIUS_M, seed=20, roughness=0.2, points=160)])
    prefix = pack.division_code[:4]
    yield DivisionRow(pack.division_code, pack.name, outline, is_synthetic=True, source=SOURCE)
    streets, towns, communities = cycle(SUBDISTRICTS), cycle(TOWNS), cycle(COMMUNITIES)
    for digits, name, urban, rural in _COUNTIES:
        county = prefix + digits
        yield DivisionRow(county, name, source=SOURCE)
        for number, street in enumerate(islice(streets, urban), start=1):
            code = f"{county}{number:03}"
            yield DivisionRow(code, f"{street}街道", source=SOURCE)
            for place, community in enumerate(islice(communities, 6), start=1):
                yield DivisionRow(f"{code}{place:03}", f"{community}社区", source=SOURCE)
        for number, town in enumerate(islice(towns, rural), start=100):
            yield from _town(f"{county}{number:03}", town)


def _town(code: str, town: str) -> Iterator[DivisionRow]:
    yield DivisionRow(code, f"{town}镇", source=SOURCE)
    yield DivisionRow(f"{code}001", f"{town}镇社区", source=SOURCE)
    first = int(code) % len(VILLAGES)
    for place, village in enumerate(islice(cycle(VILLAGES), first, first + 6), start=200):
        yield DivisionRow(f"{code}{place:03}", f"{village}村委会", source=SOURCE)


def sample_land(pack: CityPack) -> Landscape:
    """Return the sample city's river, lake and parks."""
    return landscape(reach_m=CITY_RADIUS_M * 0.8, seed=30)


def sample_areas(pack: CityPack, *, town: list[Ring]) -> Iterator[AreaRow]:
    """Yield the areas of the sample city's base map."""
    assert pack.streets is not None
    plane = Plane(pack.view.longitude, pack.view.latitude)
    reach = max(disc.radius_m for disc in pack.built_up) * 1.3
    yield from area_rows(plane, town=town, land=sample_land(pack), plan=pack.streets, reach_m=reach, seed=30)


def sample_railway(pack: CityPack) -> Iterator[RoadRow]:
    """Yield the railway that crosses the city from west to east, north of the middle."""
    plane = Plane(pack.view.longitude, pack.view.latitude)
    line = [bent((float(east), 2_950.0 + float(east) * 0.05)) for east in np.arange(-18_000, 18_001, 400.0)]
    yield RoadRow("rail", "rail", plane.line(line), "示范线", is_synthetic=True)


def sample_places(pack: CityPack) -> Iterator[PlaceRow]:
    """Yield offices, schools, hospitals and services at the corners of the street network."""
    assert pack.streets is not None
    plane, plan = Plane(pack.view.longitude, pack.view.latitude), pack.streets
    water = inside_any(sample_land(pack).water)
    landmarks: list[tuple[str, str, Point]] = [
        ("示范市人民政府", "政务服务", (120.0, 260.0)),
        ("城市运行管理指挥中心", "政务服务", (-260.0, 240.0)),
        ("示范站", "交通设施", (160.0, 2_900.0)),
        ("示范市人民医院", "医疗", (-900.0, -420.0)),
        ("市图书馆", "文化", (560.0, 640.0)),
    ]
    landmarks += [(f"示范市{name}", "教育", (-1_600.0 + 820 * n, -900.0)) for n, name in enumerate(_SCHOOLS)]
    for number, street in enumerate(SUBDISTRICTS):
        east, north = (number % 5 - 2) * plan.primary_m + 130.0, (number // 5 - 2) * plan.secondary_m * 1.5 - 110.0
        for place, (name, kind) in enumerate(_SERVICES):
            landmarks.append((f"{street}{name}", kind, (east + place * 210.0, north + place * 160.0)))
    for number, (name, kind, straight) in enumerate(landmarks):
        point = turned(bent(straight), degrees=plan.turned_deg)
        if not water(point):
            longitude, latitude = plane.degrees(point)
            yield PlaceRow(str(number), name, kind, longitude, latitude, is_synthetic=True)
