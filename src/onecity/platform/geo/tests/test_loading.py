"""Loading the map: repeated loads change nothing, bad shapes are refused, changes are told and recorded."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from onecity.kernel.coordinates.points import InvalidCoordinates
from onecity.kernel.identifiers.divisions import InvalidDivisionCode
from onecity.platform.geo.contracts import AreaRow, DivisionRow, GeoJSON, Loaded, PlaceRow, RoadRow
from onecity.platform.geo.models import BaseArea, City, Division, Place, Road
from onecity.platform.geo.rules.systems import BadGeometry
from onecity.platform.geo.selectors.city import city
from onecity.platform.geo.services.loading import load_areas, load_divisions, load_places, load_roads
from onecity.platform.geo.tests.factories import ACTOR, SOUTH, WEST, line, make_city, make_division, patch
from onecity.platform.identity.tests.factories import AuditEntry

pytestmark = pytest.mark.django_db
BOW_TIE = GeoJSON('{"type": "Polygon", "coordinates": [[[125, 43], [126, 44], [126, 43], [125, 44], [125, 43]]]}')
LINE_AS_AREA = GeoJSON('{"type": "LineString", "coordinates": [[125, 43], [126, 44]]}')
OPEN_RING = GeoJSON('{"type": "Polygon", "coordinates": [[[125, 43], [126, 44]]]}')


def roads(*names: str) -> list[RoadRow]:
    return [RoadRow(name, "primary", line((0, number), (4, number)), name) for number, name in enumerate(names)]


def test_second_load_changes_nothing() -> None:
    assert load_roads(ACTOR, rows=roads("人民大街", "解放大路"), source="测绘") == Loaded(2, 0, 0)
    assert load_roads(ACTOR, rows=roads("人民大街", "解放大路"), source="测绘") == Loaded(0, 2, 0)


def test_load_writes_what_differs_and_takes_out_what_is_gone() -> None:
    load_roads(ACTOR, rows=roads("人民大街", "解放大路", "建设街"), source="测绘")
    changed = [RoadRow("人民大街", "trunk", line((0, 0), (4, 0)), "人民大街"), *roads("x", "解放大路")[1:]]
    assert load_roads(ACTOR, rows=changed, source="测绘") == Loaded(1, 1, 1)
    assert list(Road.objects.order_by("name").values_list("name", "kind")) == [
        ("人民大街", "trunk"),
        ("解放大路", "primary"),
    ]


def test_load_of_one_source_leaves_another_alone() -> None:
    load_roads(ACTOR, rows=roads("人民大街"), source="测绘")
    load_roads(ACTOR, rows=[], source="众包")
    assert Road.objects.count() == 1


def test_length_is_in_metres_along_the_ground() -> None:
    load_roads(ACTOR, rows=roads("人民大街"), source="测绘")
    # 0.04° of longitude at 43.9° north: 0.04 × 111.32 km × cos 43.9°, within the ellipsoid's third of a percent
    assert Road.objects.get().length_m == pytest.approx(0.04 * 111_320 * 0.7206, rel=0.004)


def test_area_is_in_square_metres_and_crossing_rings_are_mended() -> None:
    load_areas(ACTOR, rows=[AreaRow("1", "water", BOW_TIE, "湖")], source="测绘")
    area = BaseArea.objects.get()
    assert area.geom.num_geom == 2
    assert area.geom.valid
    assert area.area_m2 > 1e9


@pytest.mark.parametrize("geometry", [LINE_AS_AREA, GeoJSON('{"type": "Polygon", "coordinates": []}')])
def test_area_without_ground_is_refused_by_its_key(geometry: GeoJSON) -> None:
    rows = [AreaRow("good", "water", patch()), AreaRow("bad", "water", geometry)]
    with pytest.raises(BadGeometry) as caught:
        load_areas(ACTOR, rows=rows, source="测绘")
    assert set(caught.value.fields) == {"测绘:bad"}
    assert BaseArea.objects.count() == 0


def test_shape_that_the_database_cannot_read_is_refused() -> None:
    with pytest.raises(BadGeometry):
        load_areas(ACTOR, rows=[AreaRow("1", "water", OPEN_RING)], source="测绘")
    assert BaseArea.objects.count() == 0


def test_place_outside_the_world_is_refused() -> None:
    with pytest.raises(InvalidCoordinates):
        load_places(ACTOR, rows=[PlaceRow("1", "天外", "其他", 200.0, 43.0)], source="测绘")


def test_places_are_kept_with_their_address() -> None:
    row = PlaceRow("1", "人民医院", "医疗", WEST, SOUTH, "人民大街1号")
    assert load_places(ACTOR, rows=[row], source="测绘") == Loaded(1, 0, 0)
    assert Place.objects.values_list("name", "address", "source").get() == ("人民医院", "人民大街1号", "测绘")


def test_division_knows_level_and_parent_by_its_code() -> None:
    load_divisions(ACTOR, rows=[DivisionRow("220104001000", "红旗街道")])
    assert Division.objects.values_list("code", "level", "parent_code").get() == ("220104001", 4, "220104")


def test_parent_can_be_another_than_the_code_says() -> None:
    load_divisions(
        ACTOR, rows=[DivisionRow("441900", "东莞市"), DivisionRow("441900003", "东城街道", parent_code="441900")]
    )
    assert Division.objects.get(code="441900003").parent_code == "441900"


def test_malformed_division_code_is_refused() -> None:
    with pytest.raises(InvalidDivisionCode):
        load_divisions(ACTOR, rows=[DivisionRow("99", "无")])


def test_load_without_outline_keeps_the_one_that_is_there() -> None:
    make_division("220104", "朝阳区", geometry=patch(), is_synthetic=True)
    done = load_divisions(ACTOR, rows=[DivisionRow("220104", "朝阳区")])
    assert done == Loaded(0, 1, 0)
    kept = Division.objects.get()
    assert kept.geom is not None
    assert kept.is_synthetic


def test_outline_that_comes_later_replaces_a_made_up_one() -> None:
    make_division("220104", "朝阳区", geometry=patch(), is_synthetic=True)
    make_division("220104", "朝阳区", geometry=patch(wide=2))
    kept = Division.objects.get()
    assert not kept.is_synthetic
    assert kept.geom is not None
    assert kept.geom.extent[2] == pytest.approx(WEST + 0.02)


def test_seat_is_where_the_name_stands() -> None:
    load_divisions(ACTOR, rows=[DivisionRow("220104", "朝阳区", patch(wide=4), centre=(WEST + 0.001, SOUTH + 0.001))])
    centre = Division.objects.get().centre
    assert centre is not None
    assert centre.coords == (WEST + 0.001, SOUTH + 0.001)


def test_absent_divisions_stay_since_codes_live_on() -> None:
    make_division("220104", "朝阳区")
    make_division("220105", "二道区")
    assert Division.objects.count() == 2


def test_load_is_recorded_once() -> None:
    before = AuditEntry.objects.count()
    load_roads(ACTOR, rows=roads("人民大街"), source="测绘")
    load_roads(ACTOR, rows=roads("人民大街"), source="测绘")
    entries = AuditEntry.objects.order_by("id")[before:]
    assert [(entry.action, entry.details) for entry in entries] == [
        ("geo.load_roads", {"source": "测绘", "written": 1, "removed": 0})
    ]


def test_city_is_one_and_can_be_set_anew() -> None:
    make_city()
    make_city(patch(wide=2, high=2))
    here = city()
    assert City.objects.count() == 1
    assert here is not None
    assert here.bounds == pytest.approx((WEST, SOUTH, WEST + 0.02, SOUTH + 0.02))
    assert here.plane_epsg == 4551  # zone 42, central meridian 126°E


def test_no_city_before_a_pack_was_loaded() -> None:
    assert city() is None


@pytest.fixture
def told(transactional_db: None) -> Iterator[list[str]]:
    """What a listener on another connection hears."""
    other = connection.copy()
    other.connect()
    heard: list[str] = []
    with other.cursor() as cursor:
        cursor.execute("LISTEN geo_layers")

    class Told(list[str]):
        def __iter__(self) -> Iterator[str]:
            for notice in other.connection.notifies(timeout=0.5):
                heard.append(notice.payload)
            return iter(heard)

    yield Told()
    other.close()


def test_change_is_told_when_it_commits(told: list[str]) -> None:
    load_roads(ACTOR, rows=roads("人民大街"), source="测绘")
    assert set(told) == {'["geo.main_roads",null]', '["geo.streets",null]', '["geo.lanes",null]'}


def test_change_that_is_taken_back_is_never_told(told: list[str]) -> None:
    with transaction.atomic():
        load_roads(ACTOR, rows=roads("人民大街"), source="测绘")
        transaction.set_rollback(True)
    assert set(told) == set()
