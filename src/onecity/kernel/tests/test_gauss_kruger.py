import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecity.kernel.coordinates.gauss_kruger import (
    OutsideZones,
    PlanePoint,
    ZoneWidth,
    central_meridian,
    projected,
    unprojected,
    zone_epsg,
    zone_number,
)
from onecity.kernel.coordinates.points import Wgs84

CHECKS = [
    (114.3, 30.6, 4547, 528770.237, 3386666.251),
    (114.3, 30.6, 4526, 38528770.237, 3386666.251),
    (120.15, 30.28, 4549, 514432.148, 3351162.269),
    (116.39747, 39.908823, 4548, 448479.101, 4419579.110),
]


@pytest.mark.parametrize(("lon", "lat", "epsg", "easting", "northing"), CHECKS)
def test_published_point_is_projected(lon: float, lat: float, epsg: int, easting: float, northing: float) -> None:
    plane = projected(Wgs84(lon, lat), epsg=epsg)
    # The surveyors' trap: the easting, some hundred thousand metres, must not end up as the northing.
    assert plane.easting_m == pytest.approx(easting, abs=0.001)
    assert plane.northing_m == pytest.approx(northing, abs=0.001)
    back = unprojected(plane)
    assert back.lon == pytest.approx(lon, abs=1e-9)
    assert back.lat == pytest.approx(lat, abs=1e-9)


@pytest.mark.parametrize(
    ("lon", "width", "zone", "meridian", "epsg", "prefixed"),
    [
        (75.0, 3, 25, 75, 4534, 4513),
        (114.3, 3, 38, 114, 4547, 4526),
        (116.39747, 3, 39, 117, 4548, 4527),
        (120.15, 3, 40, 120, 4549, 4528),
        (125.32, 3, 42, 126, 4551, 4530),
        (135.0, 3, 45, 135, 4554, 4533),
        (115.5, 3, 39, 117, 4548, 4527),
        (112.5, 3, 38, 114, 4547, 4526),
        (73.5, 6, 13, 75, 4502, 4491),
        (125.32, 6, 21, 123, 4510, 4499),
        (134.9, 6, 23, 135, 4512, 4501),
        (120.0, 6, 21, 123, 4510, 4499),
    ],
)
def test_zone_follows_from_the_longitude(
    lon: float, width: ZoneWidth, zone: int, meridian: int, epsg: int, prefixed: int
) -> None:
    assert zone_number(lon, width=width) == zone
    assert central_meridian(zone, width=width) == meridian
    assert zone_epsg(zone, width=width) == epsg
    assert zone_epsg(zone, width=width, prefixed=True) == prefixed


@pytest.mark.parametrize(("lon", "width"), [(73.4, 3), (136.5, 3), (71.9, 6), (138.0, 6), (-114.3, 3)])
def test_longitude_outside_china_has_no_zone(lon: float, width: ZoneWidth) -> None:
    with pytest.raises(OutsideZones):
        zone_number(lon, width=width)


@pytest.mark.parametrize(("zone", "width"), [(24, 3), (46, 3), (12, 6), (24, 6)])
def test_zone_outside_china_has_no_code(zone: int, width: ZoneWidth) -> None:
    with pytest.raises(OutsideZones):
        zone_epsg(zone, width=width)


@pytest.mark.parametrize("epsg", [4490, 4555, 3857, 0])
def test_other_systems_are_refused(epsg: int) -> None:
    with pytest.raises(OutsideZones):
        projected(Wgs84(114.3, 30.6), epsg=epsg)
    with pytest.raises(OutsideZones):
        unprojected(PlanePoint(528770.0, 3386666.0, epsg=epsg))


def test_point_without_an_image_is_refused() -> None:
    with pytest.raises(OutsideZones):
        projected(Wgs84(24.0, 0.0), epsg=4547)
    with pytest.raises(OutsideZones):
        unprojected(PlanePoint(1e9, 1e9, epsg=4547))


@given(st.floats(73.5, 135.0), st.floats(3, 54), st.sampled_from([True, False]))
def test_projection_is_undone_in_the_point_s_own_zone(lon: float, lat: float, prefixed: bool) -> None:
    zone = zone_number(lon)
    plane = projected(Wgs84(lon, lat), epsg=zone_epsg(zone, prefixed=prefixed))
    back = unprojected(plane)
    assert back.lon == pytest.approx(lon, abs=1e-9)
    assert back.lat == pytest.approx(lat, abs=1e-9)
    assert abs(plane.easting_m - 500_000 - (zone * 1_000_000 if prefixed else 0)) < 170_000


def test_six_degree_zone_has_its_own_system() -> None:
    six = projected(Wgs84(126.0, 43.9), epsg=zone_epsg(zone_number(125.32, width=6), width=6))
    three = projected(Wgs84(126.0, 43.9), epsg=zone_epsg(zone_number(125.32)))
    assert three.easting_m == pytest.approx(500_000, abs=0.001)
    assert six.easting_m == pytest.approx(741_000, abs=1_000)
