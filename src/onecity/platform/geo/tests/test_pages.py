"""Pages and operations of the one map."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from onecity.platform.geo.declarations import MANAGE, VIEW
from onecity.platform.geo.tests.factories import (
    COMMUNITY,
    COUNTY,
    SOUTH,
    STREET,
    WEST,
    make_cell,
    make_division,
    make_place,
    make_tree,
    patch,
)
from onecity.platform.identity.tests.factories import make_actor, open_session
from onecity.platform.jobs.tests.factories import Run

pytestmark = pytest.mark.django_db
CELL = f"{COMMUNITY}001"


def visitor(*permissions: str) -> Client:
    client = Client()
    client.cookies["onecity_session"] = open_session(make_actor(*permissions, everywhere=True).account_id)
    return client


@pytest.fixture
def keeper() -> Client:
    make_tree()
    make_cell(CELL, geometry=patch(1, 1, wide=0.1, high=0.1))
    return visitor(VIEW, MANAGE)


def settings_in(page: str, name: str) -> Any:
    found = re.search(rf'<script id="{name}-settings" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def text_of(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def test_one_map_brings_its_settings_legend_and_search(keeper: Client) -> None:
    page = text_of(keeper, "/map")
    settings = settings_in(page, "one-map")
    assert {layer["code"] for layer in settings["layers"]} >= {"geo.grid", "geo.places"}
    assert settings["hash"] == "map"
    for layer in settings["layers"]:
        assert f'data-layer="{layer["code"]}"' in page
    assert "data-map-search" in page
    assert "data-map-list" in page


def test_one_map_without_a_city_says_what_to_do() -> None:
    assert "请先装入城市包" in text_of(visitor(VIEW), "/map")


@pytest.mark.parametrize(
    "address", ["/map", "/divisions", f"/divisions/{COUNTY}", "/grids", f"/grids/{CELL}", "/grids/draw"]
)
def test_pages_are_for_those_who_may_see_the_map(address: str) -> None:
    make_tree()
    assert visitor().get(address).status_code == 403
    assert Client().get(address).status_code == 302


def test_drawing_grids_is_for_map_keepers() -> None:
    make_tree()
    viewer = visitor(VIEW)
    assert viewer.get("/grids/draw").status_code == 403
    assert "/grids/draw" not in text_of(viewer, "/grids")


def test_divisions_are_listed_filtered_and_found(keeper: Client) -> None:
    page = text_of(keeper, "/divisions?level=4")
    assert "红旗街道" in page
    assert "湖光社区" not in page
    assert "湖光社区" in text_of(keeper, "/divisions?q=湖光")
    fragment = text_of(keeper, "/divisions?q=湖光", HX_Request="true")
    assert "<html" not in fragment
    assert "湖光社区" in fragment


def test_divisions_page_by_page_show_each_once(keeper: Client) -> None:
    for number in range(2, 30):
        make_division(f"{COUNTY}{number:03}")
    page, seen = text_of(keeper, "/divisions?level=4&size=10"), []
    while True:
        seen += re.findall(r'href="/divisions/(\d+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        page = text_of(keeper, "/divisions" + following.group(1).replace("&amp;", "&"))
    assert seen == [STREET, *[f"{COUNTY}{number:03}" for number in range(2, 30)]]


def test_list_asks_few_questions_however_long(
    keeper: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(2, 40):
        make_division(f"{COUNTY}{number:03}")
    with django_assert_max_num_queries(6):
        keeper.get("/divisions?size=100")


def test_division_page_shows_what_lies_below_and_its_outline(keeper: Client) -> None:
    page = text_of(keeper, f"/divisions/{COUNTY}")
    assert f'href="/divisions/{STREET}"' in page
    settings = settings_in(page, "division-map")
    assert settings["outline"]["type"] == "MultiPolygon"
    assert [layer["code"] for layer in settings["layers"] if layer["shown"]] == ["geo.subdistricts"]


def test_division_without_outline_says_so(keeper: Client) -> None:
    make_division("220104002", "桂林街道")
    page = text_of(keeper, "/divisions/220104002")
    assert "暂无" in page
    assert settings_in(page, "division-map")["outline"] is None


@pytest.mark.parametrize(
    ("address", "status"),
    [("/divisions/220199", 404), ("/divisions/x", 422), ("/grids/220199001001001", 404), ("/grids/x", 422)],
)
def test_what_is_not_kept_is_told_as_an_error_page(keeper: Client, address: str, status: int) -> None:
    assert keeper.get(address).status_code == status


def test_grids_are_listed_by_the_beginning_of_their_code(keeper: Client) -> None:
    make_cell("220105001001001")
    assert CELL in text_of(keeper, "/grids")
    page = text_of(keeper, "/grids?q=220105")
    assert "220105001001001" in page
    assert CELL not in page
    assert "还没有单元网格" in text_of(keeper, "/grids?q=abc")


def test_grid_page_shows_where_it_is(keeper: Client) -> None:
    page = text_of(keeper, f"/grids/{CELL}")
    assert "朝阳区红旗街道湖光社区" in page
    assert "示意" in page
    assert settings_in(page, "grid-map")["outline"]["type"] == "Polygon"


def test_drawing_starts_a_job(keeper: Client) -> None:
    assert f'value="{COUNTY}"' in text_of(keeper, "/grids/draw")
    answer = keeper.post("/grids/draw", {"division_code": COUNTY, "day": "2026-03-10"})
    run = Run.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{run.id}")
    assert (run.code, run.title) == ("geo.generate_grid", "生成单元网格：朝阳区")
    assert run.arguments["division_code"] == COUNTY


@pytest.mark.parametrize(
    "form", [{}, {"division_code": "999999", "day": "2026-03-10"}, {"division_code": COUNTY, "day": "soon"}]
)
def test_incomplete_form_comes_back_and_starts_nothing(keeper: Client, form: dict[str, str]) -> None:
    answer = keeper.post("/grids/draw", form)
    assert answer.status_code == 200
    assert "invalid-feedback" in answer.content.decode()
    assert not Run.objects.exists()


def test_export_holds_the_whole_list(keeper: Client) -> None:
    answer = keeper.get("/grids?format=csv")
    assert CELL in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def api(address: str, client: Client | None = None) -> tuple[int, Any]:
    answer = (client or Client()).get(f"/api/geo{address}")
    return answer.status_code, answer.json()


def test_everybody_may_ask_where_a_point_lies(keeper: Client) -> None:
    status, position = api(f"/position?longitude={WEST + 0.0105}&latitude={SOUTH + 0.0105}")
    assert (status, position["grid_code"], position["description"]) == (200, CELL, "朝阳区红旗街道湖光社区")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("longitude=10&latitude=10", 422, "outside_city"),
        ("longitude=200&latitude=10", 422, "coordinates"),
        ("longitude=x", 422, "invalid"),
    ],
)
def test_position_that_is_none_is_told_as_problem(query: str, status: int, code: str) -> None:
    found, problem = api(f"/position?{query}")
    assert (found, problem["code"]) == (status, code)


def test_everybody_may_search_the_map() -> None:
    make_place("人民医院")
    status, found = api("/search?q=医院")
    assert (status, [item["name"] for item in found]) == (200, ["人民医院"])
    assert api("/search?q=" + "很" * 65)[0] == 422


def test_divisions_are_open_data(keeper: Client) -> None:
    assert [row["code"] for row in api(f"/divisions?parent_code={COUNTY}")[1]] == [STREET]
    assert [row["code"] for row in api("/divisions?level=5&limit=1")[1]] == [COMMUNITY]
    assert api(f"/divisions/{COUNTY}")[1]["name"] == "朝阳区"
    assert api("/divisions?level=9")[0] == 422


def test_grids_are_for_those_who_may_see_them(keeper: Client) -> None:
    assert api(f"/grids/{CELL}")[0] == 401
    assert api(f"/grids/{CELL}", visitor())[0] == 403
    assert api(f"/grids/{CELL}", keeper)[1]["division_code"] == COMMUNITY
