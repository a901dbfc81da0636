"""Geometries from other coordinate systems."""

import orjson
import pytest

from onecity.kernel.coordinates.bd09 import bd09_from_gcj02
from onecity.kernel.coordinates.gcj02 import gcj02_from_wgs84
from onecity.kernel.coordinates.points import Wgs84
from onecity.platform.geo.rules.shapes import System
from onecity.platform.geo.rules.systems import BadGeometry, to_wgs84

CHANGCHUN = Wgs84(125.3245, 43.8868)
GCJ02 = gcj02_from_wgs84(CHANGCHUN)
BD09 = bd09_from_gcj02(GCJ02)


@pytest.mark.parametrize(
    ("system", "pair"),
    [("wgs84", (CHANGCHUN.lon, CHANGCHUN.lat)), ("gcj02", (GCJ02.lon, GCJ02.lat)), ("bd09", (BD09.lon, BD09.lat))],
)
def test_every_system_leads_to_the_same_place(system: System, pair: tuple[float, float]) -> None:
    found = orjson.loads(to_wgs84(orjson.dumps({"type": "Point", "coordinates": pair}), system=system))
    assert found["coordinates"] == [pytest.approx(CHANGCHUN.lon, abs=1e-7), pytest.approx(CHANGCHUN.lat, abs=1e-7)]


def test_structure_stays_and_heights_go() -> None:
    rings = [[[[125, 43, 7], [126, 43, 7], [126, 44, 7], [125, 43, 7]]], [[[127, 43], [128, 43], [128, 44], [127, 43]]]]
    found = orjson.loads(to_wgs84(orjson.dumps({"type": "MultiPolygon", "coordinates": rings}), system="gcj02"))
    assert [[len(ring) for ring in polygon] for polygon in found["coordinates"]] == [[4], [4]]
    assert all(len(pair) == 2 for polygon in found["coordinates"] for ring in polygon for pair in ring)
    assert found["coordinates"][0][0][0] == found["coordinates"][0][0][3]


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"type": "Point"}', '{"type": "Circle", "coordinates": [1, 2]}',
     '{"type": "Point", "coordinates": "x"}', '{"type": "Point", "coordinates": [1]}',
     '{"type": "Point", "coordinates": []}', '{"type": "Point", "coordinates": [200, 1]}',
     '{"type": "LineString", "coordinates": [[1, 2], ["a", 3]]}', '{"type": "LineString", "coordinates": [[1, 2], 3]}'],
)  # fmt: skip
def test_what_is_no_geometry_is_refused(text: str) -> None:
    with pytest.raises(BadGeometry):
        to_wgs84(text, system="wgs84")
