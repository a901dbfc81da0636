"""OGC API Features: what the standard asks, row scope, pages by key."""

import pytest

from onecity.platform.geo.contracts import AddressRow
from onecity.platform.geo.declarations import VIEW
from onecity.platform.geo.declare import Layer, LayerField
from onecity.platform.geo.hot import features
from onecity.platform.geo.registries import layers
from onecity.platform.geo.services.addresses import load_addresses
from onecity.platform.geo.tests.factories import (
    ACTOR,
    SOUTH,
    WEST,
    line,
    make_area,
    make_cell,
    make_city,
    make_place,
    make_road,
    make_tree,
    patch,
)
from onecity.platform.geo.tests.hot.asking import house, registry_of, run
from onecity.platform.geo.tests.hot.asking_features import BASE, PLACES, answers, city, links, names
from onecity.platform.geo.tests.hot.drawing import SCOPED
from onecity.platform.identity.tests.factories import make_actor, make_organisation, open_session

pytestmark = pytest.mark.django_db(transaction=True)
NEW_YEAR = 1_577_836_800  # 2020-01-01T00:00:00Z


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> list[Layer]:
    """Layers of the test's own in place of the declared ones."""
    own: list[Layer] = []
    monkeypatch.setattr(features, "layers", lambda: registry_of(own))
    monkeypatch.setattr(features, "_TYPES", {})
    return own


def notes(*, scoped: bool = False, count: int = 30, organisations: tuple[int, ...] = (0,)) -> Layer:
    """Declare a layer of dated notes: number, organisation, and a day each."""
    source = (
        f"SELECT n::bigint AS id, n AS size, 'n' || n AS name,"
        f" ST_SetSRID(ST_MakePoint({WEST} + n * 0.001, {SOUTH}), 4326) AS geom,"
        f" to_timestamp({NEW_YEAR} + n * 86400) AS at, CASE WHEN n % 2 = 0 THEN NULL ELSE n END AS rest,"
        f" (ARRAY{list(organisations)})[1 + n % {len(organisations)}]::bigint AS organisation_id,"
        f" '22010' || (n % 3)::text AS division_code FROM generate_series(1, {count}) AS n"
    )
    fields = (
        LayerField("name", "名称"),
        LayerField("size", "大小", "number"),
        LayerField("rest", "余数", "number"),
        LayerField("at", "时间", "moment"),
    )
    return Layer(
        code="geo.notes", name="记事", group="试验", source=source, geometry="point", fields=fields, scoped=scoped,
        permission=SCOPED if scoped else "", link="/notes/{id}",
    )  # fmt: skip


NOTES = "/ogc/collections/geo.notes/items"


def test_landing_page_leads_everywhere() -> None:
    for status, page in answers("/ogc", "/ogc/"):
        assert status == 200
        assert links(page) == {
            "self": f"{BASE}/",
            "service-desc": f"{BASE}/api",
            "conformance": f"{BASE}/conformance",
            "data": f"{BASE}/collections",
        }


def test_conformance_names_core_geojson_and_openapi() -> None:
    ((_, document),) = answers("/ogc/conformance")
    assert [uri.rsplit("/", 1)[1] for uri in document["conformsTo"]] == ["core", "geojson", "oas30"]


def test_collections_are_those_the_visitor_may_see() -> None:
    make_tree()
    ((_, public),) = answers("/ogc/collections")
    ((_, staff),) = answers("/ogc/collections", session=open_session(make_actor(VIEW, everywhere=True).account_id))
    seen = {item["id"] for item in public["collections"]}
    assert {item["id"] for item in staff["collections"]} - seen == {"geo.grid"}
    places = next(item for item in public["collections"] if item["id"] == "geo.places")
    assert places["extent"]["spatial"]["bbox"] == [[pytest.approx(v) for v in (124.9, 43.8, 125.2, 44.1)]]
    assert places["crs"] == ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
    assert links(places)["items"] == BASE.removesuffix("/ogc") + PLACES


def test_collection_stands_alone_too() -> None:
    make_city()
    (_, alone), (status, _), (refused, _) = answers(
        "/ogc/collections/geo.places", "/ogc/collections/geo.nothing", "/ogc/collections/geo.grid"
    )
    assert (alone["id"], alone["title"], alone["itemType"]) == ("geo.places", "地点", "feature")
    assert (status, refused) == (404, 401)


def test_features_are_geojson_with_their_properties() -> None:
    make_place("人民医院", address="人民大街1号")

    async def work() -> None:
        async with city() as here:
            answer = await here.ask(PLACES)
            assert answer.headers["content-type"] == "application/geo+json"
            page = answer.json()
            assert (page["type"], page["numberMatched"], page["numberReturned"]) == ("FeatureCollection", 1, 1)
            assert page["timeStamp"].endswith("Z")
            (feature,) = page["features"]
            assert feature["geometry"] == {"type": "Point", "coordinates": [125.01, 43.91]}
            assert feature["properties"] == {
                "name": "人民医院", "kind": "医疗", "address": "人民大街1号", "is_synthetic": False,
            }  # fmt: skip
            assert "next" not in links(page)

    run(work)


@pytest.mark.usefixtures("declared")
def test_pages_follow_one_another_by_key_and_each_feature_comes_once(declared: list[Layer]) -> None:
    declared.append(notes())
    seen: list[int] = []

    async def work() -> None:
        async with house(registry_of([])) as here:
            address = f"{NOTES}?limit=7"
            while address:
                page = (await here.ask(address)).json()
                seen.extend(feature["id"] for feature in page["features"])
                assert page["numberReturned"] == len(page["features"])
                assert "numberMatched" not in page
                address = links(page).get("next", "").removeprefix("http://city.example")

    run(work)
    assert seen == list(range(1, 31))


def test_next_page_keeps_what_was_asked(declared: list[Layer]) -> None:
    declared.append(notes())
    ((_, page),) = answers(f"{NOTES}?limit=1&bbox=125,43,126,45&size=7")
    assert links(page)["self"].endswith("?limit=1&bbox=125%2C43%2C126%2C45&size=7")
    ((_, page),) = answers(f"{NOTES}?limit=1&bbox=125,43,126,45")
    assert links(page)["next"].endswith("limit=1&bbox=125%2C43%2C126%2C45&after=1")


def test_limit_is_kept_and_a_larger_one_than_allowed_is_not_refused(declared: list[Layer]) -> None:
    declared.append(notes())
    small, large = answers(f"{NOTES}?limit=3", f"{NOTES}?limit=100000")
    assert len(small[1]["features"]) == 3
    assert large[1]["numberMatched"] == 30


@pytest.mark.parametrize(
    ("box", "found"),
    [
        ("125.0005,43,125.0025,44", ["n1", "n2"]),
        ("125.0005,43,-1,125.0025,44,1", ["n1", "n2"]),
        ("125.001,43.9,125.001,43.9", ["n1"]),
        ("170,43,125.0015,44", ["n1"]),
        ("10,10,11,11", []),
    ],
)
def test_box_picks_what_it_touches(declared: list[Layer], box: str, found: list[str]) -> None:
    declared.append(notes())
    ((status, page),) = answers(f"{NOTES}?bbox={box}")
    assert (status, names(page)) == (200, found)


def test_box_tests_the_shape_not_its_frame() -> None:
    make_road("斜街", geometry=line((0, 0), (4, 4)))
    make_road("直街", geometry=line((0, 3), (4, 3)))
    corner = f"{WEST},{SOUTH + 0.029},{WEST + 0.01},{SOUTH + 0.031}"
    ((_, page),) = answers(f"/ogc/collections/geo.main_roads/items?bbox={corner}")
    assert names(page) == ["直街"]


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("2020-01-03T00:00:00Z", ["n2"]),
        ("2020-01-03T08:00:00%2B08:00", ["n2"]),
        ("2020-01-29T00:00:00Z/..", ["n28", "n29", "n30"]),
        ("../2020-01-02T12:00:00Z", ["n1"]),
        ("2020-01-04T00:00:00Z/2020-01-05T00:00:00Z", ["n3", "n4"]),
    ],
)
def test_time_picks_by_the_first_moment_of_a_feature(declared: list[Layer], when: str, found: list[str]) -> None:
    declared.append(notes())
    ((status, page),) = answers(f"{NOTES}?datetime={when}")
    assert (status, names(page)) == (200, found)


def test_time_means_nothing_to_a_layer_without_moments() -> None:
    make_place()
    ((status, page),) = answers(f"{PLACES}?datetime=2020-01-01T00:00:00Z")
    assert (status, page["numberMatched"]) == (200, 1)


def test_properties_pick_features_and_nulls_stay_visible(declared: list[Layer]) -> None:
    declared.append(notes())
    by_text, by_number = answers(f"{NOTES}?name=n4", f"{NOTES}?size=5")
    assert names(by_text[1]) == ["n4"]
    assert by_text[1]["features"][0]["properties"] == {
        "name": "n4", "size": 4.0, "rest": None, "at": "2020-01-05T00:00:00.000Z",
    }  # fmt: skip
    assert names(by_number[1]) == ["n5"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("limit=0", "limit"), ("bbox=1,2,3", "bbox"), ("datetime=never", "datetime"), ("colour=red", "colour"),
     ("size=large", "size"), ("f=html", "f"), ("after=x", "after"), ("at=2020", "at")],
)  # fmt: skip
def test_bad_parameter_is_400_and_named(declared: list[Layer], query: str, parameter: str) -> None:
    declared.append(notes())

    async def work() -> None:
        async with house(registry_of([])) as here:
            answer = await here.ask(f"{NOTES}?{query}")
            assert answer.status == 400
            assert answer.headers["content-type"] == "application/problem+json"
            assert (answer.json()["status"], set(answer.json()["errors"])) == (400, {parameter})

    run(work)


@pytest.mark.parametrize("path", ["", "/conformance", "/api", "/collections", "/collections/geo.places"])
def test_unknown_parameter_is_refused_everywhere(path: str) -> None:
    ((status, _),) = answers(f"/ogc{path}?colour=red")
    assert status == 400


def test_one_feature_stands_alone_with_its_links(declared: list[Layer]) -> None:
    declared.append(notes())
    found, absent, strange = answers(f"{NOTES}/7", f"{NOTES}/700", f"{NOTES}/seven")
    assert found[0] == 200
    assert found[1]["properties"]["name"] == "n7"
    assert links(found[1]) == {
        "self": f"{BASE}/collections/geo.notes/items/7",
        "collection": f"{BASE}/collections/geo.notes",
        "alternate": "http://city.example/notes/7",
    }
    assert (absent[0], strange[0]) == (404, 404)


def test_scoped_rows_never_leak(declared: list[Layer]) -> None:
    ecology, water = make_organisation("生态环境局"), make_organisation("水务局")
    declared.append(notes(scoped=True, count=12, organisations=(ecology.id, water.id)))
    ours = open_session(make_actor(SCOPED, organisation=ecology).account_id)
    district = open_session(make_actor(SCOPED, division="220101").account_id)

    async def work() -> None:
        async with house(registry_of([])) as here:
            assert (await here.ask(NOTES)).status == 401
            assert {f["id"] for f in (await here.ask(NOTES, session=ours)).json()["features"]} == {2, 4, 6, 8, 10, 12}
            assert {f["id"] for f in (await here.ask(NOTES, session=district)).json()["features"]} == {1, 4, 7, 10}
            page = (await here.ask(f"{NOTES}?limit=2&after=4&bbox=125,43,126,44", session=ours)).json()
            assert [feature["id"] for feature in page["features"]] == [6, 8]
            assert (await here.ask(f"{NOTES}/4", session=ours)).status == 200
            assert (await here.ask(f"{NOTES}/5", session=ours)).status == 404

    run(work)


def test_every_declared_layer_answers() -> None:
    make_tree()
    make_cell(geometry=patch(1, 1, wide=0.1, high=0.1))
    make_area()
    make_area("building")
    make_place()
    for kind in ("primary", "residential", "footway"):
        make_road(kind, kind=kind)
    load_addresses(ACTOR, rows=[AddressRow("1", "人民大街1号", WEST + 0.01, SOUTH + 0.01)], source="试验")
    needed = {layer.permission for layer in layers() if layer.permission}
    session = open_session(make_actor(*needed, everywhere=True).account_id)
    found = answers(*(f"/ogc/collections/{layer.code}/items" for layer in layers()), session=session)
    assert [status for status, _ in found] == [200] * len(layers())
    counts = {layer.code: page["numberReturned"] for (_, page), layer in zip(found, layers(), strict=True)}
    assert [code for code, count in counts.items() if code.startswith("geo.") and not count] == []
