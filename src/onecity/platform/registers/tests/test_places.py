"""Buildings, land and resources: read from files, taken in, withdrawn, shown."""

import json
from decimal import Decimal
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.geo.tests.factories import COMMUNITY, SOUTH, WEST, make_cell, make_tree, patch
from onecity.platform.identity.tests.factories import Organisation, audited, make_actor, make_organisation
from onecity.platform.registers.contracts.places import NewRooms
from onecity.platform.registers.models import Building, LandParcel, NaturalResource, PlaceFile, Room
from onecity.platform.registers.permissions import MAINTAIN_PLACES, VIEW_PERSONS, VIEW_PLACES
from onecity.platform.registers.rules.places.fields import FIELDS, PlaceKind, land_use_name, properties_of
from onecity.platform.registers.selectors.places import building_for, residents_at
from onecity.platform.registers.services.places import reading
from onecity.platform.registers.services.places.files import (
    AlreadyWithdrawn,
    NewFile,
    TakenBefore,
    take_places,
    withdraw_places,
)
from onecity.platform.registers.services.places.reading import NoFeatures, TooManyFeatures, read_places
from onecity.platform.registers.services.places.rooms import MOST_ROOMS, RoomKnown, add_rooms
from onecity.platform.registers.tests.browsing import browser, text_of_page
from onecity.platform.registers.tests.entity_factories import ACTOR, make_source
from onecity.platform.registers.tests.moments import NOON

pytestmark = pytest.mark.django_db
Properties = dict[str, object]
PLACE = (WEST + 0.005, SOUTH + 0.005)
POINT = {"type": "Point", "coordinates": list(PLACE)}
AREA = json.loads(patch(0.2, 0.2, wide=0.3, high=0.3))
BUILDING: Properties = {
    "code": "B1",
    "name": "光明大厦",
    "use": "办公",
    "address": "人民大街1号",
    "地上层数": 18.0,
    "建成年份": "2010",
}
PARCEL: Properties = {
    "宗地代码": "P1",
    "地类编码": "0701",
    "权属性质": "国家所有",
    "面积": "1,200.5",
    "right_until": "2070-01-01",
}
CROSSED = {
    "type": "Polygon",
    "coordinates": [[[WEST + x / 100, SOUTH + y / 100] for x, y in ((0, 0), (1, 1), (1, 0), (0, 1), (0, 0))]],
}
RESOURCE: Properties = {"编码": "R1", "名称": "南湖", "类型": "water"}


def feature(properties: Properties, geometry: object = POINT) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: dict[str, object]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}, ensure_ascii=False)


def take(text: str, *, kind: PlaceKind = "building", digest: str = "") -> PlaceFile:
    make_source("housing")
    places = read_places(text, kind=kind, system="wgs84")
    return take_places(
        ACTOR, new=NewFile(kind, "文件.geojson", digest or sm3(text.encode()).hex(), "housing"), places=places, now=NOON
    )


@pytest.fixture(autouse=True)
def _city() -> None:
    make_tree()
    make_cell(geometry=patch())


def test_properties_are_read_under_any_of_their_names() -> None:
    values, faults = properties_of("building", BUILDING)
    assert faults == {}
    assert (values["use"], values["floors_above"], values["built_year"]) == ("office", "18", "2010")
    values, faults = properties_of("parcel", PARCEL)
    assert (faults, values["code"], values["owner"], values["area_m2"]) == ({}, "P1", "state", "1200.50")


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("building", {"code": ""}, "code"), ("building", {"use": "宫殿"}, "use"),
        ("building", {"地上层数": "十"}, "floors_above"),
        ("building", {"floors_below": 400}, "floors_below"), ("building", {"建成年份": 20}, "built_year"),
        ("building", {"面积": "很大"}, "area_m2"), ("building", {"面积": "NaN"}, "area_m2"),
        ("building", {"name": "长" * 121}, "name"),
        ("parcel", {"地类编码": "1301"}, "use_code"), ("parcel", {"地类编码": "070"}, "use_code"),
        ("parcel", {"right_until": "2070"}, "right_until"), ("resource", {"名称": None}, "name"),
    ],
)  # fmt: skip
def test_bad_property_is_told_at_its_field(kind: PlaceKind, changes: dict[str, object], field: str) -> None:
    all_of_them: dict[str, Properties] = {"building": BUILDING, "parcel": PARCEL, "resource": RESOURCE}
    given = all_of_them[kind]
    assert set(properties_of(kind, {**given, **changes})[1]) == {field}


def test_land_use_is_named_by_its_first_level() -> None:
    assert (land_use_name("0701"), land_use_name("11"), land_use_name("07x1")) == ("住宅用地", "水域及水利设施用地", "")


def test_every_kind_has_a_code_that_must_be_there() -> None:
    assert all(fields[0].name == "code" and fields[0].required for fields in FIELDS.values())


def test_place_is_located_in_its_grid() -> None:
    read = read_places(collection(feature(BUILDING)), kind="building", system="wgs84")
    assert (read[0].faults, read[0].division_code) == ({}, f"{COMMUNITY}001")


def test_other_coordinate_systems_are_converted() -> None:
    read = read_places(collection(feature(BUILDING)), kind="building", system="gcj02")
    assert read[0].point is not None
    assert abs(read[0].point.x - PLACE[0]) > 0.001


@pytest.mark.parametrize(
    ("kind", "geometry"),
    [
        ("building", None),
        ("building", {"type": "LineString", "coordinates": [[WEST, SOUTH], [WEST + 0.001, SOUTH]]}),
        ("parcel", POINT),
        ("parcel", CROSSED),
        ("parcel", {"type": "Polygon", "coordinates": [[[WEST, SOUTH], [WEST, SOUTH]]]}),
        ("building", {"type": "Point", "coordinates": [0, 0]}),
    ],
)  # fmt: skip
def test_bad_shape_is_told(kind: PlaceKind, geometry: object) -> None:
    read = read_places(collection(feature({**BUILDING, **PARCEL, **RESOURCE}, geometry)), kind=kind, system="wgs84")
    assert "geometry" in read[0].faults
    assert read[0].point is None


def test_code_that_stands_twice_in_a_file_is_told_at_both() -> None:
    read = read_places(collection(feature(BUILDING), feature(BUILDING)), kind="building", system="wgs84")
    assert [set(item.faults) for item in read] == [{"code"}, {"code"}]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"features": []}', '{"features": {}}'])
def test_text_without_features_is_refused(text: str) -> None:
    with pytest.raises(NoFeatures):
        read_places(text, kind="building", system="wgs84")


def test_feature_that_is_no_object_is_at_fault() -> None:
    read = read_places('{"features": [1]}', kind="building", system="wgs84")
    assert {"code", "geometry"} <= set(read[0].faults)


def test_too_many_features_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_FEATURES", 1)
    with pytest.raises(TooManyFeatures):
        read_places(collection(feature(BUILDING), feature(BUILDING)), kind="building", system="wgs84")


def test_file_enters_every_kind_of_place() -> None:
    file = take(collection(feature(BUILDING, AREA)))
    take(collection(feature(PARCEL, AREA)), kind="parcel")
    take(collection(feature(RESOURCE, AREA)), kind="resource")
    building = Building.objects.get()
    assert (building.floors_above, building.words[:2], building.outline is None) == (18, ["光明", "明大"], False)
    parcel = LandParcel.objects.get()
    assert (parcel.area_m2, str(parcel.right_until)) == (Decimal("1200.50"), "2070-01-01")
    assert NaturalResource.objects.get().kind == "water"
    assert audited(f"registers.placefile:{file.id}") == [("registers.take_places", "done")]


def test_same_file_counts_once_and_known_places_stay_as_they_are() -> None:
    text = collection(feature(BUILDING))
    take(text)
    with pytest.raises(TakenBefore):
        take(text)
    again = take(text, digest="other")
    assert (again.taken, again.unchanged, Building.objects.count()) == (0, 1, 1)


def test_file_at_fault_is_not_taken() -> None:
    with pytest.raises(Invalid):
        take(collection(feature({**BUILDING, "use": "宫殿"})))
    assert PlaceFile.objects.count() == 0


def test_withdrawn_file_takes_away_what_it_entered_and_puts_back_what_it_changed() -> None:
    take(collection(feature(PARCEL, AREA)), kind="parcel")
    changed = {**PARCEL, "面积": 5, "right_until": "", "使用权人": "光明商贸"}
    second = take(collection(feature(changed, AREA), feature({**PARCEL, "宗地代码": "P2"}, AREA)), kind="parcel")
    row = LandParcel.objects.get(code="P1")
    assert (row.area_m2, row.right_until, row.right_holder) == (Decimal(5), None, "光明商贸")
    assert withdraw_places(ACTOR, file_id=second.id, now=NOON) == (1, 1)
    row.refresh_from_db()
    assert (row.area_m2, str(row.right_until), row.right_holder, row.former) == (
        Decimal("1200.50"),
        "2070-01-01",
        "",
        {},
    )
    assert LandParcel.objects.count() == 1
    with pytest.raises(AlreadyWithdrawn):
        withdraw_places(ACTOR, file_id=second.id, now=NOON)
    with pytest.raises(NotFound):
        withdraw_places(ACTOR, file_id=0, now=NOON)


def test_withdrawn_file_puts_a_building_back_in_its_place() -> None:
    take(collection(feature(BUILDING, AREA)))
    first = Building.objects.get()
    second = take(collection(feature({**BUILDING, "name": "新名"}, POINT)))
    assert Building.objects.get().outline is None
    withdraw_places(ACTOR, file_id=second.id, now=NOON)
    row = Building.objects.get()
    assert (row.name, row.location.coords, row.outline is None) == ("光明大厦", first.location.coords, False)


def test_place_that_a_later_file_changed_stays_as_that_file_left_it() -> None:
    first = take(collection(feature(BUILDING)))
    take(collection(feature({**BUILDING, "name": "新名"})))
    assert withdraw_places(ACTOR, file_id=first.id, now=NOON) == (0, 0)
    assert Building.objects.get().name == "新名"


def test_places_are_maintained_within_scope_only() -> None:
    file = take(collection(feature(BUILDING)))
    stranger = make_actor(VIEW_PLACES, MAINTAIN_PLACES, organisation=make_organisation())
    with pytest.raises(NotPermitted):
        withdraw_places(stranger, file_id=file.id, now=NOON)
    places = read_places(collection(feature({**BUILDING, "code": "B2"})), kind="building", system="wgs84")
    with pytest.raises(NotPermitted):
        take_places(stranger, new=NewFile("building", "x", "x", "housing"), places=places, now=NOON)
    with pytest.raises(NotFound):
        building_for(stranger, Building.objects.get().id)
    assert building_for(make_actor(VIEW_PLACES, division="220104"), Building.objects.get().id)


def test_rooms_are_entered_floor_by_floor_without_a_floor_nought() -> None:
    take(collection(feature(BUILDING)))
    building_id = Building.objects.get().id
    assert add_rooms(ACTOR, building_id=building_id, new=NewRooms("1单元", -1, 2, 2, "residential")) == 6
    assert list(Room.objects.order_by("floor", "number").values_list("number", flat=True)) == [
        "B101", "B102", "101", "102", "201", "202",
    ]  # fmt: skip
    with pytest.raises(RoomKnown, match="201"):
        add_rooms(ACTOR, building_id=building_id, new=NewRooms("1单元", 2, 3, 1, "residential"))
    assert add_rooms(ACTOR, building_id=building_id, new=NewRooms("2单元", 2, 3, 1, "residential")) == 2


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewRooms("", 1, 2, 1, "palace"), "use"), (NewRooms("", 3, 2, 1, "office"), "last_floor"),
        (NewRooms("", 1, 2, 0, "office"), "each"), (NewRooms("", 1, 2, MOST_ROOMS, "office"), "each"),
    ],
)  # fmt: skip
def test_bad_rooms_are_refused_at_their_field(new: NewRooms, field: str) -> None:
    take(collection(feature(BUILDING)))
    with pytest.raises(Invalid) as refusal:
        add_rooms(ACTOR, building_id=Building.objects.get().id, new=new)
    assert field in refusal.value.fields


def test_people_at_an_address_are_counted_and_nobody_is_named() -> None:
    take(collection(feature(BUILDING)))
    building = Building.objects.get()
    assert residents_at(building) == 0
    building.address = ""
    assert residents_at(building) is None


@pytest.fixture
def office() -> Organisation:
    """The housing office."""
    organisation = make_organisation("住建局")
    make_source("housing", organisation=organisation)
    return organisation


@pytest.fixture
def staff(office: Organisation) -> Client:
    """A clerk's browser."""
    return browser(make_actor(VIEW_PLACES, MAINTAIN_PLACES, organisation=office))


def upload(client: Client, document: str, *, kind: str = "building", **more: str) -> str:
    given = {"kind": kind, "system": "wgs84", "source": "housing", **more}
    if "text" not in more:
        given["file"] = SimpleUploadedFile("楼栋.geojson", document.encode())  # type: ignore[assignment]  # a file among texts
    response = client.post("/registers/places/files/new", given, follow=True)
    return str(response.content.decode())


def test_file_is_looked_at_taken_and_withdrawn_on_pages(staff: Client) -> None:
    text = collection(feature(BUILDING))
    assert "将入库 1 个要素" in upload(staff, text)
    assert Building.objects.count() == 0
    assert "已入库1项" in upload(staff, text, text=text, filename="楼栋.geojson", take="1")
    assert "已经导入过" in upload(staff, text, text=text, take="1")
    file = PlaceFile.objects.get()
    page = staff.post(f"/registers/places/files/{file.id}/withdraw", follow=True).content.decode()
    assert "移除1项" in page
    assert Building.objects.count() == 0


def test_fault_in_a_file_is_shown_and_nothing_is_taken(staff: Client) -> None:
    text = collection(feature({**BUILDING, "use": "宫殿"}))
    page = upload(staff, text, text=text, take="1")
    assert "有 1 个要素不符合要求" in page
    assert "没有这个选项" in page
    assert Building.objects.count() == 0


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"{}", b""])
def test_file_that_cannot_be_read_is_refused(staff: Client, raw: bytes) -> None:
    given = {"kind": "building", "system": "wgs84", "source": "housing", "file": SimpleUploadedFile("x", raw)}
    assert staff.post("/registers/places/files/new", given).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_lists_and_pages_show_what_was_taken(staff: Client) -> None:
    take(collection(feature(BUILDING, AREA)))
    take(collection(feature(PARCEL, AREA)), kind="parcel")
    take(collection(feature(RESOURCE, AREA)), kind="resource")
    for address, told in (
        ("buildings?q=光明&use=office", "光明大厦"), ("parcels?q=P1&use=07", "住宅用地"),
        ("resources?use=water", "水流"),
        ("files", "文件.geojson"), (f"buildings/{Building.objects.get().id}", "人民大街1号"),
        (f"parcels/{LandParcel.objects.get().id}", "国家所有"),
        (f"resources/{NaturalResource.objects.get().id}", "南湖"),
    ):  # fmt: skip
        assert told in text_of_page(staff, f"/registers/places/{address}"), address


def test_rooms_are_entered_on_the_page(staff: Client) -> None:
    take(collection(feature(BUILDING)))
    address = f"/registers/places/buildings/{Building.objects.get().id}"
    given = {"stairwell": "1单元", "first_floor": "1", "last_floor": "2", "each": "2", "use": "residential"}
    assert staff.post(address, given).status_code == HTTPStatus.FOUND
    page = text_of_page(staff, address)
    assert "202" in page
    assert "仅统计人数" in page
    assert staff.post(address, given).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_reader_sees_and_changes_nothing(office: Organisation) -> None:
    take(collection(feature(BUILDING)))
    client = browser(make_actor(VIEW_PLACES, VIEW_PERSONS, organisation=office))
    row = Building.objects.get()
    page = text_of_page(client, f"/registers/places/buildings/{row.id}")
    assert "<summary>登记房屋" not in page
    assert "仅统计人数" not in page
    given = {"stairwell": "", "first_floor": "1", "last_floor": "1", "each": "1", "use": "office"}
    assert client.post(f"/registers/places/buildings/{row.id}", given).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert client.get("/registers/places/files/new").status_code == HTTPStatus.FORBIDDEN
    assert Room.objects.count() == 0
